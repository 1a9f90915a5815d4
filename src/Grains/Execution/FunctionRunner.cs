using Nola.Core.Experiments;
using Nola.Core.Functions;
using Nola.Core.Trials;

namespace Nola.Grains.Execution;

/// <summary>Runs the built-in synthetic objectives, with simulated durations, learning curves and failures.</summary>
/// <remarks>To each value a thousandth of the trial's seed is added, so that seeds differ. An attempt that is stopped notes its step, where the next goes on.</remarks>
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
        var (before, earlier) = FunctionPosition.Read(attempt.ArtifactFolder);
        var spent = earlier;
        var slice = method.Duration / Math.Max(1, course.Steps);
        for (var step = before + 1; step <= course.Steps; step++)
        {
            await StopIfAsked(step - 1);
            var next = new Usage { TrainingTime = slice, Steps = 1 };
            var latest = await reporter.Progress(At(step - 1) with { Ahead = next });
            if (latest.Action == DirectiveAction.Abandon)
                throw new OperationCanceledException("The attempt was told to stop.");
            allowance = latest.Allowance ?? allowance;
            if (!allowance.Covers(Used(step - 1) + next))
                return Ended(new OutOfBudget(allowance.Cap), step - 1);
            if (spent + slice > trial.Budget.Time)
                return Ended(new OutOfBudget($"perTrial.time = {trial.Budget.ToShortText()}"), step - 1);
            await Task.Delay(slice, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StopIfAsked(step - 1);
            spent += slice;
            if (End(step) is { } end)
                return end;
            var answer = await reporter.Report(Measured(course, step, spent));
            if (answer.Action == DirectiveAction.Abandon)
                throw new OperationCanceledException("The attempt was told to stop.");
            if (answer.Action == DirectiveAction.Prune)
                return Ended(new Pruned(step), step);
        }

        return (course.Steps == 0 ? End(1) : null) ?? Ended(new Completed(), course.Steps);

        async Task StopIfAsked(int done)
        {
            if (!stop.IsCancellationRequested)
                return;
            new FunctionPosition(done, spent).Write(attempt.ArtifactFolder);
            await reporter.Progress(At(done));
            throw new OperationCanceledException(stop);
        }

        TrialProgress At(int done) => new() { Step = done, PlannedSteps = course.Steps, Phase = "training", Spent = Used(done) };

        // How a trial ends that has no value after a step.
        RunResult? End(int step) =>
            course.FailsAt == step ? new() { Outcome = new Failed(method.Function == "failing" ? "This function always fails." : "It was to fail: so says its failureRate."), Usage = Used(step) }
            : !course.IsFinite ? new() { Outcome = new Diverged(step), Usage = Used(step) }
            : null;

        RunResult Ended(Outcome outcome, int step)
        {
            var best = Measured(course, step, spent);
            return new()
            {
                Outcome = outcome,
                Objective = best.Metrics.TryGetValue(trial.Objective.Metric, out var value) ? value : null,
                Metrics = best.Metrics,
                Best = best,
                Usage = Used(step),
                ResumedFromStep = before,
            };
        }

        Usage Used(int step) => new() { TrainingTime = spent - earlier, Steps = step - before };
    }

    private static Measurement Measured(TrialCourse course, int step, TimeSpan spent) => new()
    {
        Step = step,
        TrainingTime = spent,
        Metrics = course.At(step).Select((value, index) => KeyValuePair.Create(TestFunction.Metrics[index], value)).ToImmutableSortedDictionary(),
    };

    private static RunResult Failure(string reason) => new() { Outcome = new Failed(reason) };
}
