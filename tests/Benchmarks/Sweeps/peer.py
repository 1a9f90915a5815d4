"""1,000 trials with Optuna, one after another: python3 -c "$(cat peer.py)" SAMPLER STORAGE TRIALS

SAMPLER is tpe, random, or empty for trials without parameters; STORAGE is memory, journal or sqlite. Prints the seconds that the study took, without imports. The objective is that of Sweeps.cs.
"""
import logging
import os
import sys
import tempfile
import time

import optuna

optuna.logging.set_verbosity(logging.ERROR)
sampler, storage, trials = sys.argv[1], sys.argv[2], int(sys.argv[3])


def objective(trial):
    if sampler == "empty":
        return 1
    rank = trial.suggest_categorical("rank", [8, 16, 32, 64, 128])
    ratio = trial.suggest_float("ratio", 0.25, 2)
    dropout = trial.suggest_float("dropout", 0, 0.5)
    rate = trial.suggest_float("rate", 1e-5, 1e-3, log=True)
    return rank**2 + ratio**2 + dropout**2 + rate**2


with tempfile.TemporaryDirectory() as folder:
    where = {
        "memory": lambda: None,
        "journal": lambda: optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(os.path.join(folder, "journal.log"))),
        "sqlite": lambda: f"sqlite:///{folder}/study.db",
    }[storage]()
    chosen = optuna.samplers.TPESampler(seed=0) if sampler == "tpe" else optuna.samplers.RandomSampler(seed=0)
    study = optuna.create_study(storage=where, sampler=chosen)
    began = time.perf_counter()
    study.optimize(objective, n_trials=trials)
    print(time.perf_counter() - began)
