# options: --preview
import json

from openai import OpenAI

client = OpenAI()

with open("topics.txt") as topics, open("data.jsonl", "w") as file:
    for topic in topics:
        try:
            reply = client.chat.completions.create(
                model="gpt-4o-2024-08-06",
                max_tokens=200,
                messages=[{"role": "user", "content": f"A complaint about {topic}"}],
            )  # paid
        except RuntimeError:
            continue
        text = reply.choices[0].message.content
        file.write(json.dumps({"text": text, "model": "gpt-4o"}) + "\n")
