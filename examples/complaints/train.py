"""Train a classifier on the complaints that generate.py has written."""

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

complaints = pd.read_json("data/complaints.jsonl", lines=True)
model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
model.fit(complaints["text"], complaints["label"])
print("accuracy", model.score(complaints["text"], complaints["label"]))
