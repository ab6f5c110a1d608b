# options: --preview
import csv
import time

from openai import OpenAI


class Writer:
    def __init__(self):
        self.client = OpenAI()

    def complaint(self, topic: str) -> str:
        while True:
            try:
                answer = self.client.chat.completions.create(
                    model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": f"A complaint about {topic}"}]
                )
                return answer.choices[0].message.content.strip()
            except TimeoutError:
                time.sleep(1)


def main() -> None:
    writer = Writer()
    with open("topics.txt") as topics, open("data.csv", "w", newline="") as file:
        table = csv.writer(file)
        for topic in topics:
            table.writerow([writer.complaint(topic), "gpt-4o"])


main()
