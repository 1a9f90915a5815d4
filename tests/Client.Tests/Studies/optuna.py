"""Makes optuna.log with Optuna itself (4.1.0, Debian's python3-optuna): python3 optuna.py optuna.log

The journal's worker ids were set to w-1 afterwards."""
import sys

import optuna

storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(sys.argv[1]))
study = optuna.create_study(storage=storage, study_name="lora", direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))


def objective(trial):
    trial.suggest_float("lr", 1e-5, 1e-3, log=True)
    trial.suggest_categorical("rank", [8, 16, 32])
    trial.suggest_categorical("optimizer", ["adam", "sgd"])
    dropout = trial.suggest_float("dropout", 0, 0.5, step=0.1)
    trial.suggest_int("batch", 4, 64, log=True)
    trial.suggest_int("layers", 2, 8, step=2)
    for step in range(3):
        trial.report(0.1 * step + dropout, step)
        if trial.number == 3 and step == 1:
            raise optuna.TrialPruned()
    if trial.number == 4:
        raise ValueError("no luck")
    trial.set_user_attr("seconds", 1.5)
    return 0.5 + dropout


study.optimize(objective, n_trials=6, catch=(ValueError,))
study.enqueue_trial({"lr": 1e-4})
study.ask()
two = optuna.create_study(storage=storage, study_name="two", directions=["maximize", "minimize"])
two.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 1.0), n_trials=2)
