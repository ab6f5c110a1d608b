import json

from openai import OpenAI
from synthlint.runtime import Deduplicator, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



def main(path="data.jsonl", target=40):
    written = 0
    deduplicator = Deduplicator()
    with open(path, "w") as file:
        while written < target:
            text = ask()
            record = {
                "text": text,
                "kind": "complaint",
            }
            if deduplicator.is_new(record):
                file.write(json.dumps(record))
                file.write("\n")
            written += 1
    write_manifest(path, generator={"provider": "openai", "model": "gpt-4o"})
    # all of them are written


main()
