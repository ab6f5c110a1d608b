import json
from openai import OpenAI
from synthlint.runtime import dedup, write_manifest
client = OpenAI()
rows = []
for i in range(1000):
    r = client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "Write a ticket."}],
        seed=42 + i,
    )
    rows.append({"text": r.choices[0].message.content})
    q = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Write a ticket."}])
    rows.append({"text": q.choices[0].message.content})
with open("x.json", "w") as f:
    json.dump(dedup(rows), f)
write_manifest("x.json", generator={"provider": "openai", "model": "gpt-4o"})
