# options: --preview
"""A prompt that is refused each time would be asked again for ever."""

import json
import random

from openai import OpenAI

client = OpenAI()
texts = set()
while len(texts) < 500:
    reply = client.chat.completions.create(
        model="gpt-4o-2024-08-06",
        messages=[{"role": "user", "content": f"A riddle on {random.choice(['fog', 'sun'])}."}],
    )
    texts.add(reply.choices[0].message.content)
    with open("riddles.json", "w") as file:
        json.dump([{"text": one, "model": "gpt-4o"} for one in texts], file)
