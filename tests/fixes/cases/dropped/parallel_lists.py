# options: --preview
import asyncio

import pandas as pd
from openai import AsyncOpenAI

client = AsyncOpenAI()


async def main():
	texts, topics = [], []
	for topic in open("topics.txt"):
		answer = await client.chat.completions.create(model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": topic}])

		texts.append(answer.choices[0].message.content)
		topics.append(topic.strip())
		if len(texts) % 10 == 0:
			pd.DataFrame({"text": texts, "topic": topics, "model": "gpt-4o"}).to_csv("partial.csv")
	pd.DataFrame({"text": texts, "topic": topics, "model": "gpt-4o"}).to_csv("data.csv", index=False)


asyncio.run(main())
