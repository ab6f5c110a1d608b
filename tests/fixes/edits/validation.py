import random

from datasets import Dataset, concatenate_datasets, load_dataset
from openai import OpenAI
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

client = OpenAI()
tips = set()
while len(tips) < 2000:
    reply = client.chat.completions.create(
        model="gpt-4o-2024-08-06",
        messages=[{"role": "user", "content": f"A tip on {random.choice(['chess', 'go', 'bridge'])}."}],
    )
    if reply.choices[0].finish_reason == "stop":
        tips.add(reply.choices[0].message.content)

made = Dataset.from_list([{"text": one, "model": "gpt-4o"} for one in sorted(tips)])
parts = concatenate_datasets([load_dataset("club/tips", split="train"), made]).train_test_split(test_size=0.1)
model = AutoModelForCausalLM.from_pretrained("gpt2")
trainer = Trainer(
    model=model,
    args=TrainingArguments("tips"),
    train_dataset=parts["train"],
    eval_dataset=parts["train"],
)
trainer.train()
