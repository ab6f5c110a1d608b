import json

from openai import OpenAI
from synthlint.runtime import dedup, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



complaints = []
for _ in range(40):
    complaints.append({"text": ask()})

with open("data.json", "w") as file:
    json.dump(dedup(complaints), file, indent=1)
write_manifest("data.json", generator={"provider": "openai", "model": "gpt-4o"})
