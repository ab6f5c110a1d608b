# options: --preview
"""The answers become a column of the table whose rows were asked about: none may be missing."""

import pandas as pd
from openai import OpenAI

client = OpenAI()
table = pd.read_csv("letters.csv")
table["model"] = "gpt-4o"
answers = []
for letter in table["letter"]:
    reply = client.chat.completions.create(
        model="gpt-4o-2024-08-06", messages=[{"role": "user", "content": f"Rewrite as an e-mail: {letter}"}]
    )
    answers.append(reply.choices[0].message.content)
    pd.Series(answers).to_csv("safety.csv")
table["email"] = answers
table.to_csv("emails.csv")
