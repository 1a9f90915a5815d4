"""Which section of an abstract does a sentence come from? TF-IDF and a linear model by stochastic gradient descent, with scikit-learn.

Takes its parameters from a file, and reports after each pass over the training split how good it is on the validation split; at the end on the test split too.
"""
import csv
import json
import sys

import numpy
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, f1_score

with open(sys.argv[1]) as file:
    parameters = json.load(file)
splits = {"train": ([], []), "validation": ([], []), "test": ([], [])}
with open(sys.argv[2], newline="") as file:
    for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["split"] in splits:
            texts, labels = splits[row["split"]]
            texts.append(row["sentence"])
            labels.append(row["label"])

words = HashingVectorizer(ngram_range=(1, parameters["longest"]), alternate_sign=False, norm=None, n_features=1 << 18)
weights = TfidfTransformer(sublinear_tf=True)
train = weights.fit_transform(words.transform(splits["train"][0]))
validation, test = (weights.transform(words.transform(splits[name][0])) for name in ("validation", "test"))
labels = numpy.array(splits["train"][1])

model = SGDClassifier(loss=parameters["loss"], alpha=parameters["alpha"], random_state=parameters["seed"])
numbers = numpy.random.RandomState(parameters["seed"])
for epoch in range(1, parameters["epochs"] + 1):
    order = numbers.permutation(len(labels))
    model.partial_fit(train[order], labels[order], classes=numpy.unique(labels))
    guesses = model.predict(validation)
    print(json.dumps({
        "step": epoch,
        "macro-f1": f1_score(splits["validation"][1], guesses, average="macro"),
        "accuracy": accuracy_score(splits["validation"][1], guesses),
    }))

guesses = model.predict(test)
print(json.dumps({
    "step": epoch,
    "test-macro-f1": f1_score(splits["test"][1], guesses, average="macro"),
    "test-accuracy": accuracy_score(splits["test"][1], guesses),
}))
