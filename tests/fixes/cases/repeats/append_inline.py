import json

from openai import OpenAI

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



def main(path="data.jsonl", target=40):
    written = 0
    with open(path, "w") as file:
        while written < target:
            text = ask()
            file.write(json.dumps({
                "text": text,
                "kind": "complaint",
            }))
            file.write("\n")
            written += 1
    # all of them are written


main()
