"""Make customer complaints with a language model, to train a classifier on them (see train.py)."""

import json

from openai import OpenAI

client = OpenAI()


def ask(prompt: str, temperature: float = 0.2) -> str:
    reply = client.chat.completions.create(
        model="gpt-4o",
        temperature=temperature,
        messages=[{"role": "user", "content": prompt}],
    )
    return reply.choices[0].message.content


def main() -> None:
    records = []
    for _ in range(10_000):
        text = ask("Write a customer complaint and whether it was resolved, as JSON with the keys text and label.")
        records.append(json.loads(text))
    with open("data/complaints.jsonl", "w") as file:
        for record in records:
            file.write(json.dumps({"text": record["text"], "label": record["label"]}) + "\n")


if __name__ == "__main__":
    main()
