import json
from pathlib import Path

from openai import OpenAI

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



rows = []
for _ in range(40):
    rows.append({"text": ask()})
Path("data.json").write_text(json.dumps(rows))
