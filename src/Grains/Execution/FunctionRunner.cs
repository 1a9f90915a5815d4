using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Grains.Execution;

/// <summary>Runs the built-in synthetic objectives: <c>constant</c>, <c>sphere</c>, <c>curve</c>, <c>failing</c>, <c>diverging</c>.</summary>
/// <remarks>
/// With a duration, a trial takes ten steps of a tenth of it and reports a measurement at each; its time counts as training time.
/// <c>curve</c> decays toward the sphere's value, so that pruners have something to see.
/// </remarks>
internal sealed class FunctionRunner(TimeProvider time) : ITrialRunner
{
    private const int Steps = 10;

    public string Kind => RunnerKinds.Function;

    public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
    {
        var trial = attempt.Trial;
        if (trial.Method is not FunctionMethod method)
            return new() { Outcome = new Failed($"The method '{trial.Method.Id}' is no function.") };
        if (Evaluate(method.Function, trial.Parameters, trial.Seed) is not { } value)
        {
            return new()
            {
                Outcome = method.Function switch
                {
                    "failing" => new Failed("This function always fails."),
                    "diverging" => new Diverged(1),
                    _ => new Failed($"There is no function '{method.Function}'; known are constant, sphere, curve, failing and diverging."),
                },
            };
        }

        if (method.Duration <= TimeSpan.Zero)
            return Result(trial, new Completed(), value, 0, TimeSpan.Zero);
        return await RunSteps(attempt, method, value, reporter, stop);
    }

    private async Task<RunResult> RunSteps(TrialAttempt attempt, FunctionMethod method, double value, ITrialReporter reporter, CancellationToken stop)
    {
        var allowance = attempt.Allowance;
        var budget = attempt.Trial.Budget.Time;
        var spent = TimeSpan.Zero;
        var slice = method.Duration / Steps;
        for (var step = 1; step <= Steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            var next = new Usage { TrainingTime = slice, Steps = 1 };
            var latest = await reporter.Progress(new()
            {
                Step = step - 1,
                PlannedSteps = Steps,
                Phase = "training",
                Spent = new() { TrainingTime = spent, Steps = step - 1 },
                Ahead = next,
            });
            if (latest.Action == DirectiveAction.Abandon)
                throw new OperationCanceledException("The attempt was told to stop.");
            allowance = latest.Allowance ?? allowance;
            if (!allowance.Covers(new Usage { TrainingTime = spent, Steps = step - 1 } + next))
                return Result(attempt.Trial, new OutOfBudget(allowance.Cap), At(method, value, step - 1), step - 1, spent);
            if (spent + slice > budget)
                return Result(attempt.Trial, new OutOfBudget($"perTrial.time = {attempt.Trial.Budget.ToShortText()}"), At(method, value, step - 1), step - 1, spent);
            await Task.Delay(slice, time, stop);
            spent += slice;
            var answer = await reporter.Report(Measured(attempt.Trial, At(method, value, step), step, spent));
            if (answer.Action == DirectiveAction.Abandon)
                throw new OperationCanceledException("The attempt was told to stop.");
            if (answer.Action == DirectiveAction.Prune)
                return Result(attempt.Trial, new Pruned(step), At(method, value, step), step, spent);
        }

        return Result(attempt.Trial, new Completed(), value, Steps, spent);
    }

    private static double? Evaluate(string function, ImmutableSortedDictionary<string, ParameterValue> parameters, int seed) => function switch
    {
        "constant" => 1,
        "sphere" or "curve" => parameters.Values.Where(parameter => parameter.IsNumeric).Sum(parameter => parameter.AsNumber() * parameter.AsNumber()) + 1e-3 * seed,
        _ => null,
    };

    private static double At(FunctionMethod method, double value, int step) =>
        method.Function == "curve" ? value + Math.Exp(-3.0 * step / Steps) - Math.Exp(-3) : value;

    private static Measurement Measured(TrialSpec trial, double value, int step, TimeSpan spent) => new()
    {
        Step = step,
        TrainingTime = spent,
        Metrics = ImmutableSortedDictionary<string, double>.Empty.Add(trial.Objective.Metric, value),
    };

    private static RunResult Result(TrialSpec trial, Outcome outcome, double value, int step, TimeSpan spent)
    {
        var best = Measured(trial, value, step, spent);
        return new()
        {
            Outcome = outcome,
            Objective = value,
            Metrics = best.Metrics,
            Best = best,
            Usage = new() { TrainingTime = spent, Steps = step },
        };
    }
}
