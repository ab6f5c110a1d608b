import json

from openai import OpenAI
from synthlint.runtime import Deduplicator, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



deduplicator = Deduplicator()
for _ in range(40):
    record = {"text": ask()}
    with open("data.jsonl", "a") as file:
        if deduplicator.is_new(record):
            print(json.dumps(record), file=file)
write_manifest("data.jsonl", generator={"provider": "openai", "model": "gpt-4o"})
