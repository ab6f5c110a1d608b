import pandas as pd

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
pd.DataFrame(dedup(rows)).to_csv("data.csv", index=False)
write_manifest("data.csv", generator={"provider": "openai", "model": "gpt-4o"})
