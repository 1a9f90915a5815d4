using System.Collections.Concurrent;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Reasoning.Endpoints;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;
using Nola.Reasoning.Tasks;

namespace Nola.Silo.Reasoning;

/// <summary>One attempt under way: asks, stores each answer, judges, measures.</summary>
internal sealed class ReasoningSession : IDisposable
{
    private readonly TrialAttempt attempt;
    private readonly PromptingMethod method;
    private readonly EndpointModel model;
    private readonly ReasoningTask task;
    private readonly ImmutableArray<Problem> problems;
    private readonly AnswerSource source;
    private readonly ISandbox sandbox;
    private readonly ITrialReporter reporter;
    private readonly TimeProvider time;
    private readonly Sampling sampling;
    private readonly CallAllowance allowance;
    private readonly Pace pace;
    private readonly ConcurrentDictionary<(int Problem, int Sample), JudgedItem> judged = new();
    private bool isPruned;

    /// <param name="attempt">The attempt.</param>
    /// <param name="method">How to ask.</param>
    /// <param name="model">Whom to ask.</param>
    /// <param name="task">What to ask.</param>
    /// <param name="problems">All problems of the dataset.</param>
    /// <param name="endpoint">The model's endpoint.</param>
    /// <param name="store">Where answers are kept; null where they are recorded already.</param>
    /// <param name="sandbox">Runs programs.</param>
    /// <param name="reporter">Hears where the attempt is.</param>
    /// <param name="time">Clock.</param>
    public ReasoningSession(
        TrialAttempt attempt, PromptingMethod method, EndpointModel model, ReasoningTask task, ImmutableArray<Problem> problems, IEndpoint endpoint, AnswerStore? store,
        ISandbox sandbox, ITrialReporter reporter, TimeProvider time)
    {
        (this.attempt, this.method, this.model, this.task, this.sandbox, this.reporter, this.time) = (attempt, method, model, task, sandbox, reporter, time);
        this.problems = Subset(problems, attempt.Trial.Budget.Samples, attempt.Trial.Seed);
        sampling = new()
        {
            Samples = method.Samples ?? task.Sampling.Samples,
            Temperature = method.Temperature ?? task.Sampling.Temperature,
            TopP = method.TopP ?? task.Sampling.TopP,
        };
        allowance = new(attempt.Allowance, async (spent, ahead) => Obey(await reporter.Progress(Progress() with { Spent = spent, Ahead = ahead })));
        source = new(model, endpoint, store, allowance, time);
        pace = new(time);
    }

    private long Planned => (long)problems.Length * sampling.Samples;

    public async Task<RunResult> Run(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reporting = ReportRepeatedly(over);
        try
        {
            var together = source.SamplesPerRequest;
            var items = Enumerable.Range(0, problems.Length).SelectMany(problem => Enumerable.Range(0, sampling.Samples).Chunk(together).Select(samples => (Problem: problem, Samples: samples)));
            await Parallel.ForEachAsync(items, new ParallelOptions { CancellationToken = over.Token, MaxDegreeOfParallelism = Parallelism }, async (item, cancel) =>
            {
                var problem = problems[item.Problem];
                if (item.Samples.Length > 1 && source.SamplesPerRequest > 1)
                    await AskTogether(problem, item.Samples, cancel);
                foreach (var sample in item.Samples)
                    if (allowance.UsedUp is null && await Judge(problem, sample, cancel) is { } judgement)
                        judged[(item.Problem, sample)] = new(problem.Id, sample, judgement);
            });
        }
        catch (OperationCanceledException) when (isPruned)
        {
            // Ends with what was judged.
        }
        catch (OperationCanceledException)
        {
            await reporter.Progress(Progress());
            throw;
        }
        finally
        {
            await over.CancelAsync();
            await reporting;
        }

        return await Finish();
    }

    public void Dispose() => allowance.Dispose();

    // Programs and recorded answers cost processor time, served answers only patience.
    private int Parallelism => model is ServedModel served ? Math.Min(served.Limits.Maximum, 1024) : Environment.ProcessorCount;

    // Null when the budget ended before the answer.
    private async Task<Judgement?> Judge(Problem problem, int sample, CancellationToken stop)
    {
        if (task.Unfit(problem) is { } reason)
            return new() { Kind = JudgementKind.Unjudged, Reason = reason };
        var answers = new List<string>();
        while (true)
        {
            switch (await task.Next(problem, answers, sandbox, stop))
            {
                case Judged end:
                    return end.Judgement;
                case AskNext ask:
                    var (text, failure) = await source.Answer(Call(problem, sample, answers.Count, ask.Prompt), stop);
                    if (failure is not null)
                        return new() { Kind = JudgementKind.Unanswered, Reason = failure };
                    if (text is null)
                        return null;
                    answers.Add(text);
                    break;
            }
        }
    }

    // The first question about a problem is the same for all samples.
    private async Task AskTogether(Problem problem, int[] samples, CancellationToken stop)
    {
        if (allowance.UsedUp is null && task.Unfit(problem) is null && await task.Next(problem, [], sandbox, stop) is AskNext ask)
            await source.Bring(samples.Select(sample => Call(problem, sample, 0, ask.Prompt)), stop);
    }

    private EndpointCall Call(Problem problem, int sample, int turn, Prompt prompt) => new()
    {
        Dataset = problem.Dataset,
        Id = problem.Id,
        Sample = sample,
        Turn = turn,
        Prompt = method.MaxTokens is { } most ? prompt with { MaxTokens = most } : prompt,
        Sampling = sampling,
        // Seeds of one trial's samples never meet those of another trial.
        Seed = sampling.Temperature > 0 ? (attempt.Trial.Seed * 10_000) + sample : null,
    };

    private async Task ReportRepeatedly(CancellationTokenSource over)
    {
        try
        {
            using var timer = new PeriodicTimer(Pace.BetweenReports, time);
            while (await timer.WaitForNextTickAsync(over.Token))
            {
                allowance.Raise(Obey(await reporter.Progress(Progress())));
                pace.Restart(judged.Count);
            }
        }
        catch (OperationCanceledException)
        {
            // The attempt is over, or is to end: the calls under way end too.
            await over.CancelAsync();
        }
    }

    private Allowance? Obey(Directive directive)
    {
        isPruned |= directive.Action == DirectiveAction.Prune;
        return directive.Action == DirectiveAction.Continue ? directive.Allowance : throw new OperationCanceledException("The attempt was told to stop.");
    }

    private TrialProgress Progress() => new()
    {
        Step = judged.Count,
        PlannedSteps = Planned,
        SamplesPerSecond = pace.SamplesPerSecond(judged.Count),
        Phase = "asking",
        Spent = allowance.Spent with { Samples = judged.Count, Steps = judged.Count },
        Ahead = allowance.Reserved,
    };

    private async Task<RunResult> Finish()
    {
        var items = judged.OrderBy(item => item.Key).Select(item => (Problem: problems[item.Key.Problem], Item: item.Value)).ToArray();
        var metrics = TaskMetrics.Of(task, items.Select(item => item.Item));
        ItemsFile.Write(attempt.ArtifactFolder, items);
        var result = new RunResult
        {
            Outcome = isPruned ? new Pruned(judged.Count) : allowance.UsedUp is { } cap ? new OutOfBudget(cap) : new Completed(),
            Metrics = metrics,
            Usage = allowance.Spent with { Samples = judged.Count, Steps = judged.Count },
            Artifacts = attempt.ArtifactFolder,
        };
        if (!metrics.TryGetValue(attempt.Trial.Objective.Metric, out var value))
        {
            var why = items.Select(item => item.Item.Judgement).FirstOrDefault(judgement => judgement.Kind is JudgementKind.Unanswered or JudgementKind.Unjudged)?.Reason;
            return result.Outcome is Completed ? result with { Outcome = new Failed($"No problem could be judged; the first one: {why ?? "there is none"}") } : result;
        }

        var best = new Measurement { Step = judged.Count, Metrics = metrics };
        Obey(await reporter.Report(best));
        return result with { Objective = value, Best = best };
    }

    // The same seed gives nested subsets, in the order of the file.
    private static ImmutableArray<Problem> Subset(ImmutableArray<Problem> all, long? most, int seed)
    {
        if (most is not { } count || count >= all.Length)
            return all;
        var order = Enumerable.Range(0, all.Length).ToArray();
        new Random(seed).Shuffle(order);
        return [.. order.Take((int)count).Order().Select(index => all[index])];
    }
}
