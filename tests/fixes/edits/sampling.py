import json
from openai import OpenAI
client = OpenAI()
rows = []
for i in range(1000):
    r = client.chat.completions.create(
        model="gpt-4o",
        temperature=0.2,  # low
        messages=[{"role": "user", "content": "Write a ticket."}],
        seed=42,
    )
    rows.append({"text": r.choices[0].message.content})
    q = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Write a ticket."}], temperature=0)
    rows.append({"text": q.choices[0].message.content})
with open("x.json", "w") as f:
    json.dump(rows, f)
