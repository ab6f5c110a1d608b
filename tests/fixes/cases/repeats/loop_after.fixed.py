import json

from openai import OpenAI
from synthlint.runtime import dedup, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



rows = []
while len(rows) < 40:
    rows.append({"text": ask()})

with open("data.jsonl", "w") as file:  # one record a line
    for number, row in enumerate(dedup(rows)):
        file.write(json.dumps({"number": number, **row}) + "\n")
write_manifest("data.jsonl", generator={"provider": "openai", "model": "gpt-4o"})
