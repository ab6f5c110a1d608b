from datasets import Dataset

from openai import OpenAI
from synthlint.runtime import dedup, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



rows = []
for _ in range(40):
    rows.append({"text": ask()})
Dataset.from_list(dedup(rows)).to_json("data.jsonl")
write_manifest("data.jsonl", generator={"provider": "openai", "model": "gpt-4o"})
