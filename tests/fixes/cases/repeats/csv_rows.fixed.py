import csv

from openai import OpenAI
from synthlint.runtime import Deduplicator, write_manifest

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



deduplicator = Deduplicator()
with open("data.csv", "w", newline="") as file:
	writer = csv.writer(file)
	for _ in range(40):
		record = [ask(), "complaint"]
		if deduplicator.is_new(record):
			writer.writerow(record)
write_manifest("data.csv", generator={"provider": "openai", "model": "gpt-4o"})
