import json

from openai import OpenAI

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



for _ in range(40):
    record = {"text": ask()}
    with open("data.jsonl", "a") as file:
        print(json.dumps(record), file=file)
