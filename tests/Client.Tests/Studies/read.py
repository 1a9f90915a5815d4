"""Prints what Optuna reads in a journal: python3 read.py < FILE"""
import json
import sys
import tempfile

import optuna

journal = tempfile.NamedTemporaryFile("w", suffix=".log")
journal.write(sys.stdin.read())
journal.flush()
storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(journal.name))
for summary in optuna.get_all_study_summaries(storage):
    study = optuna.load_study(study_name=summary.study_name, storage=storage)
    print(study.study_name, [direction.name for direction in study.directions], study.metric_names, study.user_attrs)
    for trial in study.trials:
        print(trial.number, trial.state.name, trial.values, trial.datetime_start, trial.datetime_complete)
        for name, value in sorted(trial.params.items()):
            print("   ", name, repr(value), trial.distributions[name])
        print("   ", trial.intermediate_values, json.dumps(trial.user_attrs, sort_keys=True), *trial.system_attrs.get("constraints", []))
    completed = [trial for trial in study.trials if trial.state.name == "COMPLETE"]
    if completed:
        print("best", [(trial.number, trial.values) for trial in (study.best_trials if len(study.directions) > 1 else [study.best_trial])])
