import json

from openai import OpenAI
from synthlint.runtime import dedup, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



rows = [{"text": ask(), "kind": "complaint"} for _ in range(40)]
with open("data.jsonl", "w") as file:
    file.write("\n".join(json.dumps(row) for row in dedup(rows)) + "\n")
write_manifest("data.jsonl", generator={"provider": "openai", "model": "gpt-4o"})
