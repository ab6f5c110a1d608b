import pandas as pd

from openai import OpenAI
from synthlint.runtime import dedup, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



questions, answers = [], []
for _ in range(40):
    questions.append(ask())
    answers.append("yes")

frame = pd.DataFrame({"question": questions, "answer": answers})
dedup(frame).to_json("data.jsonl", orient="records", lines=True)
write_manifest("data.jsonl", generator={"provider": "openai", "model": "gpt-4o"})
