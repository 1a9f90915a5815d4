using Nola.Core.Experiments;
using Nola.Core.Functions;
using Nola.Core.Trials;

namespace Nola.Grains.Execution;

/// <summary>Runs the built-in synthetic objectives, with simulated durations, learning curves and failures.</summary>
/// <remarks>To each value a thousandth of the trial's seed is added, so that seeds differ.</remarks>
internal sealed class FunctionRunner(TimeProvider time) : ITrialRunner
{
    public string Kind => RunnerKinds.Function;

    public async Task<RunResult> Run(TrialAttempt attempt, ITrialReporter reporter, CancellationToken stop)
    {
        var trial = attempt.Trial;
        if (trial.Method is not FunctionMethod method)
            return Failure($"The method '{trial.Method.Id}' is no function.");
        if (TestFunction.Find(method.Function) is not { } function)
            return Failure($"There is no function '{method.Function}'; known are {string.Join(", ", TestFunction.All.Select(known => known.Name))}.");
        if (function.MissingFrom(trial.Parameters) is { } missing)
            return Failure($"The function {function.Name} needs the parameter {missing}.");
        try
        {
            var ends = function.Values(trial.Parameters).Select(value => value + 1e-3 * trial.Seed).ToImmutableArray();
            return await Run(attempt, method, new(method, ends, trial.Id.Study, trial.Id.Number, trial.Seed), reporter, stop);
        }
        catch (InvalidOperationException wrong) when (!stop.IsCancellationRequested)
        {
            // A text where the function needs a number.
            return Failure(wrong.Message);
        }
    }

    private async Task<RunResult> Run(TrialAttempt attempt, FunctionMethod method, TrialCourse course, ITrialReporter reporter, CancellationToken stop)
    {
        var trial = attempt.Trial;
        var allowance = attempt.Allowance;
        var spent = TimeSpan.Zero;
        var slice = method.Duration / Math.Max(1, course.Steps);
        for (var step = 1; step <= course.Steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            var next = new Usage { TrainingTime = slice, Steps = 1 };
            var latest = await reporter.Progress(new()
            {
                Step = step - 1,
                PlannedSteps = course.Steps,
                Phase = "training",
                Spent = new() { TrainingTime = spent, Steps = step - 1 },
                Ahead = next,
            });
            if (latest.Action == DirectiveAction.Abandon)
                throw new OperationCanceledException("The attempt was told to stop.");
            allowance = latest.Allowance ?? allowance;
            if (!allowance.Covers(new Usage { TrainingTime = spent, Steps = step - 1 } + next))
                return Result(trial, new OutOfBudget(allowance.Cap), course, step - 1, spent);
            if (spent + slice > trial.Budget.Time)
                return Result(trial, new OutOfBudget($"perTrial.time = {trial.Budget.ToShortText()}"), course, step - 1, spent);
            await Task.Delay(slice, time, stop);
            spent += slice;
            if (End(method, course, step, spent) is { } end)
                return end;
            var answer = await reporter.Report(Measured(course, step, spent));
            if (answer.Action == DirectiveAction.Abandon)
                throw new OperationCanceledException("The attempt was told to stop.");
            if (answer.Action == DirectiveAction.Prune)
                return Result(trial, new Pruned(step), course, step, spent);
        }

        return (course.Steps == 0 ? End(method, course, 1, spent) : null) ?? Result(trial, new Completed(), course, course.Steps, spent);
    }

    // How a trial ends that has no value after a step.
    private static RunResult? End(FunctionMethod method, TrialCourse course, int step, TimeSpan spent) =>
        course.FailsAt == step ? new() { Outcome = new Failed(method.Function == "failing" ? "This function always fails." : "It was to fail: so says its failureRate."), Usage = Used(step, spent) }
        : !course.IsFinite ? new() { Outcome = new Diverged(step), Usage = Used(step, spent) }
        : null;

    private static Measurement Measured(TrialCourse course, int step, TimeSpan spent) => new()
    {
        Step = step,
        TrainingTime = spent,
        Metrics = course.At(step).Select((value, index) => KeyValuePair.Create(TestFunction.Metrics[index], value)).ToImmutableSortedDictionary(),
    };

    private static RunResult Result(TrialSpec trial, Outcome outcome, TrialCourse course, int step, TimeSpan spent)
    {
        var best = Measured(course, step, spent);
        return new()
        {
            Outcome = outcome,
            Objective = best.Metrics.TryGetValue(trial.Objective.Metric, out var value) ? value : null,
            Metrics = best.Metrics,
            Best = best,
            Usage = Used(step, spent),
        };
    }

    private static Usage Used(int steps, TimeSpan spent) => new() { TrainingTime = spent, Steps = steps };

    private static RunResult Failure(string reason) => new() { Outcome = new Failed(reason) };
}
