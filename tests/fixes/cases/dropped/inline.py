# options: --preview
import json
from openai import OpenAI

client = OpenAI()
MODEL = "gpt-4o-2024-08-06"
rows = []
for topic in open("topics.txt").read().splitlines():
    if topic:
        rows.append({
            "topic": topic,
            "text": client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": f"A complaint about {topic}"}]
            ).choices[0].message.content,
            "model": MODEL,
        })
        if len(rows) >= 5000:
            break
        with open("data.json", "w") as file:
            json.dump(rows, file)
