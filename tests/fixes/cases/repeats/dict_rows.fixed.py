import csv

from openai import OpenAI
from synthlint.runtime import dedup, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



rows = [{"text": ask()} for _ in range(40)]
file = open("data.csv", "w", newline="")
writer = csv.DictWriter(file, fieldnames=["text"])
writer.writeheader()
writer.writerows(dedup(rows))
file.close()
write_manifest("data.csv", generator={"provider": "openai", "model": "gpt-4o"})
