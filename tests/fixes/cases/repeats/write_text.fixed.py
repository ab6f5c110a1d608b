import json
from pathlib import Path

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
Path("data.json").write_text(json.dumps(dedup(rows)))
write_manifest(Path("data.json"), generator={"provider": "openai", "model": "gpt-4o"})
