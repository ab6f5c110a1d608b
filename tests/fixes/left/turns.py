# options: --preview
"""Each answer is one turn of a dialogue: without it the rest makes no sense."""

import json

from openai import OpenAI

client = OpenAI()
with open("situations.txt") as situations, open("dialogues.jsonl", "w") as file:
    for situation in situations:
        turns = []
        for speaker in ("guest", "host", "guest", "host"):
            prompt = f"{situation}\n{speaker} says:"
            reply = client.chat.completions.create(
                model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": prompt}]
            )
            turns.append({"speaker": speaker, "text": reply.choices[0].message.content})
        file.write(json.dumps({"turns": turns, "model": "gpt-4o"}) + "\n")
