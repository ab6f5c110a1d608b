import csv

from openai import OpenAI

client = OpenAI()


def ask():
    response = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a complaint."}]
    )
    return response.choices[0].message.content



with open("data.csv", "w", newline="") as file:
	writer = csv.writer(file)
	for _ in range(40):
		writer.writerow([ask(), "complaint"])
