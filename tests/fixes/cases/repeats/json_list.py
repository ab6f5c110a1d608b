import json

from openai import OpenAI

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
    json.dump(complaints, file, indent=1)
