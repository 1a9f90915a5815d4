"""Logistic regression by stochastic gradient descent, with nothing but Python's standard library.

Reports its metrics after each epoch as a line of JSON, and goes on from its own checkpoint where an earlier attempt was broken off.
"""
import argparse
import json
import math
import os
import random
import signal
import sys


def examples(count, seed):
    """Points of two classes: inside a ring and around it, with some noise. Not linear, but linear in x, y, x², y² and xy."""
    numbers = random.Random(seed)
    for _ in range(count):
        x, y = numbers.gauss(0, 1), numbers.gauss(0, 1)
        label = 1.0 if x * x + 0.5 * y * y + numbers.gauss(0, 0.3) > 1 else 0.0
        yield (1.0, x, y, x * x, y * y, x * y), label


def probability(weights, features):
    score = sum(weight * feature for weight, feature in zip(weights, features))
    return 1 / (1 + math.exp(-score)) if score > -700 else 0.0


def evaluate(weights, data):
    loss, right = 0.0, 0
    for features, label in data:
        p = min(max(probability(weights, features), 1e-12), 1 - 1e-12)
        loss -= math.log(p if label == 1 else 1 - p)
        right += (p > 0.5) == (label == 1)
    return loss / len(data), right / len(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--decay", type=float, default=0.0, help="weight decay")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    train, test = list(examples(600, seed=1)), list(examples(300, seed=2))
    checkpoint = os.path.join(os.environ.get("NOLA_ARTIFACTS", "."), "checkpoint.json")
    weights, done = [0.0] * 6, 0
    if int(os.environ.get("NOLA_ATTEMPT", "1")) > 1 and os.path.exists(checkpoint):
        with open(checkpoint) as file:
            weights, done = json.load(file)
        print(f"going on after epoch {done}")

    # A trial that is pruned, or whose time is over, is told so by SIGTERM. What matters is saved already.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

    for epoch in range(done + 1, options.epochs + 1):
        order = list(range(len(train)))
        random.Random(f"{options.seed}/{epoch}").shuffle(order)
        for index in order:
            features, label = train[index]
            error = probability(weights, features) - label
            weights = [w - options.learning_rate * (error * f + options.decay * w) for w, f in zip(weights, features)]
        loss, accuracy = evaluate(weights, test)
        with open(checkpoint + ".new", "w") as file:
            json.dump([weights, epoch], file)
        os.replace(checkpoint + ".new", checkpoint)
        print(json.dumps({"step": epoch, "accuracy": accuracy, "loss": loss}))


main()
