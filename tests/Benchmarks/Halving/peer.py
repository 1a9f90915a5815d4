"""Successive halving with Optuna on simulated learning curves: python3 -c "$(cat peer.py)" FUNCTION SAMPLER PRUNER SEEDS

FUNCTION is branin, mixed-lora or conditional, SAMPLER random or tpe, PRUNER halving or none. Prints a line per seed: the simulated time until a trial has
come to its end within 1 % of the best, eight at once, or inf. Curves, steps and rungs are those of Halving.cs.
"""
import heapq
import math
import random
import sys
import warnings

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")
PARALLEL, STEPS, HORIZON = 8, 64, 100


def branin(t):
    x, y = t.suggest_float("x0", -5, 10), t.suggest_float("x1", 0, 15)
    return (y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def conditional(t):
    if t.suggest_categorical("kind", ["a", "b"]) == "a":
        return 0.2 + 0.05 * ((t.suggest_float("x", -5, 5) - 1) ** 2 + (t.suggest_float("y", -5, 5) + 2) ** 2)
    return (math.log10(t.suggest_float("z", 1e-4, 1, log=True)) + 2.5) ** 2 + 0.1 * abs(t.suggest_int("n", 1, 10) - 7)


def lora(t):
    rank = t.suggest_categorical("rank", [8, 16, 32, 64, 128])
    alpha, dropout = t.suggest_categorical("alpha", [0.3, 0.5, 1.0]), t.suggest_categorical("dropout", [0.1, 0.3, 0.5])
    lr = t.suggest_float("lr", 1e-5, 1e-3, log=True)
    return (math.log10(lr) + 3.7) ** 2 + 0.05 * abs(math.log2(rank) - 4) + 0.1 * (alpha - 0.5) ** 2 + 0.2 * abs(dropout - 0.1)


# Function, optimum, spread.
PROBLEMS = {"branin": (branin, 0.397887, 35), "mixed-lora": (lora, 0, 0.37), "conditional": (conditional, 0, 1.1)}


def time_to_best(function, best, spread, sampler, pruner, seed):
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=seed, constant_liar=True) if sampler == "tpe" else optuna.samplers.RandomSampler(seed=seed),
        pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=4) if pruner == "halving" else optuna.pruners.NopPruner())
    rates, events = random.Random(seed), []

    def begin(now):
        trial = study.ask()
        heapq.heappush(events, (now + 1 / STEPS, trial.number, trial, function(trial), 2 * 4 ** rates.random(), 1))

    for _ in range(PARALLEL):
        begin(0)
    while events[0][0] <= HORIZON:
        now, number, trial, end, rate, step = heapq.heappop(events)
        if pruner == "halving":
            trial.report(end + spread * (math.exp(-rate * step / STEPS) - math.exp(-rate)) / (1 - math.exp(-rate)), step)
            if trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                begin(now)
                continue
        if step < STEPS:
            heapq.heappush(events, (now + 1 / STEPS, number, trial, end, rate, step + 1))
            continue
        study.tell(trial, end)
        if end - best <= spread / 100:
            return now
        begin(now)
    return math.inf


if __name__ == "__main__":
    problem, sampler, pruner, seeds = sys.argv[1:]
    for seed in range(int(seeds)):
        print(time_to_best(*PROBLEMS[problem], sampler, pruner, seed), flush=True)
