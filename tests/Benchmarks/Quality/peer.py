"""The functions of src/Core/Functions with Optuna's samplers: 50 seeds x 100 trials, one at a time and eight at a time, best - optimum.

    python3 peer.py [SEEDS] [PROCESSES]

Prints the lines that `dotnet run --project tests/Benchmarks -c Release -- search-quality` prints, and after them the time of one TPE suggestion.
Needs Optuna (Debian: python3-optuna).
"""
import math, statistics, sys, time, warnings
from multiprocessing import get_context

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")
A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [[.1312, .1696, .5569, .0124, .8283, .5886], [.2329, .4135, .8307, .3736, .1004, .9991], [.2348, .1451, .3522, .2883, .3047, .6650], [.4047, .8828, .8732, .5743, .1091, .0381]]


def cube(t, n, low, high):
    return [t.suggest_float(f"x{i}", low, high) for i in range(n)]


def branin(t):
    x, y = t.suggest_float("x0", -5, 10), t.suggest_float("x1", 0, 15)
    return (y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def rosenbrock(t):
    x, y = cube(t, 2, -2, 2)
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2


def hartmann(t):
    x = cube(t, 6, 0, 1)
    return -sum(w * math.exp(-sum(a * (v - p) ** 2 for a, v, p in zip(A[r], x, P[r]))) for r, w in enumerate([1, 1.2, 3, 3.2]))


def lora(t):
    rank = t.suggest_categorical("rank", [8, 16, 32, 64, 128])
    alpha, dropout = t.suggest_categorical("alpha", [0.3, 0.5, 1.0]), t.suggest_categorical("dropout", [0.1, 0.3, 0.5])
    lr = t.suggest_float("lr", 1e-5, 1e-3, log=True)
    return (math.log10(lr) + 3.7) ** 2 + 0.05 * abs(math.log2(rank) - 4) + 0.1 * (alpha - 0.5) ** 2 + 0.2 * abs(dropout - 0.1)


def conditional(t):
    if t.suggest_categorical("kind", ["a", "b"]) == "a":
        return 0.2 + 0.05 * ((t.suggest_float("x", -5, 5) - 1) ** 2 + (t.suggest_float("y", -5, 5) + 2) ** 2)
    return (math.log10(t.suggest_float("z", 1e-4, 1, log=True)) + 2.5) ** 2 + 0.1 * abs(t.suggest_int("n", 1, 10) - 7)


PROBLEMS = [("sphere", 0, lambda t: sum(x * x for x in cube(t, 2, -5, 5))), ("branin", 0.397887, branin), ("rosenbrock", 0, rosenbrock),
            ("hartmann6", -3.32237, hartmann), ("mixed-lora", 0, lora), ("conditional", 0, conditional)]
SAMPLERS = {
    "random": lambda s: optuna.samplers.RandomSampler(seed=s),
    "tpe": lambda s: optuna.samplers.TPESampler(seed=s),
    "tpe joint": lambda s: optuna.samplers.TPESampler(seed=s, multivariate=True, group=True, constant_liar=True),
}


def best(job):
    problem, sampler, seed, parallel = job
    value = PROBLEMS[problem][2]
    study = optuna.create_study(sampler=SAMPLERS[sampler](seed))
    running = []
    for _ in range(100):
        if len(running) == parallel:
            study.tell(*running.pop(0))
        trial = study.ask()
        running.append((trial, value(trial)))
    for item in running:
        study.tell(*item)
    return study.best_value - PROBLEMS[problem][1]


if __name__ == "__main__":
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    print("Optuna", optuna.__version__)
    with get_context("fork").Pool(int(sys.argv[2]) if len(sys.argv) > 2 else 2) as pool:
        for problem, (name, _, _) in enumerate(PROBLEMS):
            for parallel in (1, 8):
                for sampler in SAMPLERS:
                    low, middle, high = statistics.quantiles(pool.map(best, [(problem, sampler, seed, parallel) for seed in range(seeds)]), n=4, method="inclusive")
                    print(f"{name} | Optuna {sampler} | {parallel} | {middle:.2e} [{low:.1e} – {high:.1e}]", flush=True)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
    for finished in (100, 1000):
        while len(study.trials) < finished:
            trial = study.ask()
            study.tell(trial, sum(x * x for x in cube(trial, 4, -5, 5)))
        times = []
        for _ in range(15):
            began = time.perf_counter()
            trial = study.ask()
            xs = cube(trial, 4, -5, 5)
            times.append(1000 * (time.perf_counter() - began))
            study.tell(trial, sum(x * x for x in xs))
        print(f"suggestion, four ranges, {finished} finished: {statistics.median(times):.2f} ms", flush=True)
