using System.Globalization;
using System.Threading.Channels;
using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Silo.Commands;

/// <summary>One program under way: hears what it says, reports its metrics, keeps its budget, and ends it when it must end.</summary>
/// <remarks>
/// Its training time goes from its start to its end, or to the moment in which it is asked to end. While an allowance that it needs is not to be had,
/// its processes stand still, and that time does not count.
/// </remarks>
internal sealed class CommandSession
{
    private const int MostWaiting = 1024;
    private const int KeptErrorLines = 5;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForLastWords = TimeSpan.FromSeconds(5);
    private static readonly Directive GoOn = Directive.Continue;

    private readonly TrialAttempt attempt;
    private readonly CommandMethod method;
    private readonly AttemptFolder folder;
    private readonly ProgramProcess program;
    private readonly ITrialReporter reporter;
    private readonly TimeProvider time;
    private readonly long memoryLimit;
    private readonly TimeSpan earlier;
    private readonly Channel<MetricLine> lines = Channel.CreateBounded<MetricLine>(MostWaiting);
    private readonly TaskCompletionSource<End> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> lastErrors = new();
    private readonly RunningTime running;
    private Allowance allowance;
    private Measurement? newest;
    private long heardAt;
    private long peakMemory;

    /// <param name="attempt">The attempt.</param>
    /// <param name="method">The command.</param>
    /// <param name="folder">Keeps what the next attempt needs.</param>
    /// <param name="program">The program, just started.</param>
    /// <param name="reporter">Hears where the attempt is.</param>
    /// <param name="slotMemory">The slot's own limit on memory in bytes; 0 for none.</param>
    /// <param name="time">Clock.</param>
    public CommandSession(TrialAttempt attempt, CommandMethod method, AttemptFolder folder, ProgramProcess program, ITrialReporter reporter, long slotMemory, TimeProvider time)
    {
        (this.attempt, this.method, this.folder, this.program, this.reporter, this.time) = (attempt, method, folder, program, reporter, time);
        memoryLimit = new[] { method.Limits.Memory, slotMemory }.Where(limit => limit > 0).DefaultIfEmpty().Min();
        earlier = folder.State.TrainingTime;
        allowance = attempt.Allowance;
        running = new(time);
        heardAt = time.GetTimestamp();
    }

    private string Objective => attempt.Trial.Objective.Metric;

    private TrialBudget Budget => attempt.Trial.Budget;

    private Usage Spent => new() { TrainingTime = running.Elapsed, Steps = newest?.Step ?? 0 };

    /// <summary>Goes on until the program has ended.</summary>
    public async Task<RunResult> Run(CancellationToken stop)
    {
        await using var whenStopped = stop.Register(() => Ask(new(null)));
        using var over = new CancellationTokenSource();
        using var ended = new CancellationTokenSource();
        var reading = Task.WhenAll(
            new OutputLines(Heard, TakeOutput).ReadToEnd(program.Output),
            new OutputLines(Heard, TakeError).ReadToEnd(program.Errors),
            method.MetricsFile is { } file ? new OutputLines(Heard, TakeMetrics).Follow(Path.Combine(folder.Path, file), Tick, time, ended.Token) : Task.CompletedTask);
        var reporting = ReportMeasurements();
        var watching = Watch(over.Token);
        await Task.WhenAny(program.Exited, told.Task, watching, reporting);
        running.Stop();
        await over.CancelAsync();
        if (told.Task.IsCompleted)
            await program.End((await told.Task).AtOnce ? TimeSpan.Zero : method.Limits.Grace, time);
        else
            await program.KillAll();
        await ended.CancelAsync();
        await watching;
        // Nothing of the program is left, so nothing holds the pipes; but whoever was handed them may.
        await reading.WaitAsync(ForLastWords).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lines.Writer.TryComplete();
        await reporting;
        SaveTime();
        return await Finish(await program.Exited);
    }

    // The first to ask is heard.
    private void Ask(End end) => told.TrySetResult(end);

    private void Heard() => Volatile.Write(ref heardAt, time.GetTimestamp());

    private ValueTask TakeOutput(string line)
    {
        folder.Log(line);
        return method.MetricsFile is null ? TakeMetrics(line) : ValueTask.CompletedTask;
    }

    private ValueTask TakeMetrics(string line) => MetricLine.Read(line) is { } metrics ? lines.Writer.WriteAsync(metrics) : ValueTask.CompletedTask;

    private ValueTask TakeError(string line)
    {
        folder.Log(line);
        if (string.IsNullOrWhiteSpace(line))
            return ValueTask.CompletedTask;
        lock (lastErrors)
        {
            lastErrors.Enqueue(line.Trim());
            if (lastErrors.Count > KeptErrorLines)
                lastErrors.Dequeue();
        }

        return ValueTask.CompletedTask;
    }

    private async Task ReportMeasurements()
    {
        var isOver = false;
        await foreach (var line in lines.Reader.ReadAllAsync())
        {
            // What a pruned or cancelled trial still says is of no use to anybody.
            if (isOver || told.Task is { IsCompletedSuccessfully: true, Result.Outcome: not OutOfBudget })
                continue;
            var measurement = Measured(line);
            if (line.Values.TryGetValue(Objective, out var value) && !double.IsFinite(value))
            {
                Ask(new(new Diverged(measurement.Step)));
                continue;
            }

            Keep(measurement);
            isOver = Obey(await reporter.Report(measurement), measurement.Step);
            if (Budget.Steps is { } most && measurement.Step >= most)
                Ask(new(new OutOfBudget(string.Create(CultureInfo.InvariantCulture, $"perTrial.steps = {most}"))));
        }
    }

    // Lines of one step are one measurement, told again with what is new.
    private Measurement Measured(MetricLine line)
    {
        var step = line.Step ?? (line.Epoch is { } epoch && epoch >= 0 && Math.Truncate(epoch) == epoch ? (long)epoch : (newest?.Step ?? 0) + 1);
        var before = newest?.Step == step ? newest.Metrics : ImmutableSortedDictionary<string, double>.Empty;
        return new()
        {
            Step = step,
            Epoch = line.Epoch ?? 0,
            TrainingTime = earlier + running.Elapsed,
            Metrics = before.SetItems(line.Values.Where(metric => double.IsFinite(metric.Value))),
        };
    }

    private void Keep(Measurement measurement)
    {
        newest = measurement;
        folder.Change(state =>
        {
            var isBest = measurement.Metrics.TryGetValue(Objective, out var value)
                && (state.Best is not { } best || attempt.Trial.Objective.IsBetter(value, best.Metrics[Objective]) || (best.Step == measurement.Step && best.Metrics[Objective] == value));
            return state with { TrainingTime = measurement.TrainingTime, Best = isBest ? measurement : state.Best, Latest = state.Latest.SetItems(measurement.Metrics) };
        });
    }

    private void SaveTime() => folder.Change(state => state with { TrainingTime = earlier + running.Elapsed });

    private bool Obey(Directive directive, long step)
    {
        allowance = directive.Allowance ?? allowance;
        if (directive.Action != DirectiveAction.Continue)
            Ask(new(directive.Action == DirectiveAction.Prune ? new Pruned(step) : null));
        return directive.Action != DirectiveAction.Continue;
    }

    // Looks after the program until it ends or is to end.
    private async Task Watch(CancellationToken over)
    {
        var telling = Task.FromResult(GoOn);
        long? toldAt = null;
        while (!over.IsCancellationRequested)
        {
            if (toldAt is null || time.GetElapsedTime(toldAt.Value) >= BetweenReports)
            {
                toldAt = time.GetTimestamp();
                CheckLimits();
                if (telling.IsCompleted)
                    telling = Tell();
            }

            if (!allowance.Covers(Spent + new Usage { TrainingTime = Tick }))
                await WaitForAllowance(telling);
            var left = Budget.Time - earlier - running.Elapsed;
            if (left <= TimeSpan.Zero)
                Ask(new(new OutOfBudget(string.Create(CultureInfo.InvariantCulture, $"perTrial.time = {Budget.Time!.Value.TotalSeconds:0.###} s"))));
            await Task.Delay(left > TimeSpan.Zero && left < Tick ? left.Value : Tick, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await telling;
    }

    private async Task WaitForAllowance(Task<Directive> telling)
    {
        if (!telling.IsCompleted)
        {
            program.Freeze(true);
            running.Stop();
            await Task.WhenAny(telling, told.Task, program.Exited);
            if (!told.Task.IsCompleted && !program.Exited.IsCompleted)
                running.Start();
            program.Freeze(false);
        }

        if (!allowance.Covers(Spent + new Usage { TrainingTime = Tick }))
            Ask(new(new OutOfBudget(allowance.Cap)));
    }

    private async Task<Directive> Tell()
    {
        try
        {
            SaveTime();
            var answer = await reporter.Progress(Progress());
            Obey(answer, newest?.Step ?? 0);
            return answer;
        }
        catch (OperationCanceledException)
        {
            return GoOn; // Whoever stops the attempt has told so.
        }
    }

    private TrialProgress Progress() => new()
    {
        Step = newest?.Step ?? 0,
        PlannedSteps = Budget.Steps,
        Loss = newest?.Metrics.TryGetValue("loss", out var loss) == true ? loss : null,
        Phase = "running",
        Spent = Spent,
        // Early enough that the answer is there before the allowance ends.
        Ahead = new() { TrainingTime = BetweenReports + BetweenReports },
    };

    private void CheckLimits()
    {
        var used = program.Memory;
        peakMemory = Math.Max(peakMemory, used);
        if (memoryLimit > 0 && used > memoryLimit)
            Ask(new(new Failed(string.Create(CultureInfo.InvariantCulture, $"the program used {used / 1048576.0:0} MiB of memory, and its limit is {memoryLimit / 1048576.0:0} MiB")), AtOnce: true));
        if (method.Limits.Silence is { } limit && time.GetElapsedTime(Volatile.Read(ref heardAt)) > limit)
            Ask(new(new Failed(string.Create(CultureInfo.InvariantCulture, $"the program wrote nothing for {limit.TotalSeconds:0.###} s, which is limits.silence")), AtOnce: true));
    }

    private async Task<RunResult> Finish(int exitCode)
    {
        if (told.Task is { IsCompletedSuccessfully: true, Result.Outcome: null })
        {
            await reporter.Progress(Progress());
            throw new OperationCanceledException("The attempt was told to stop.");
        }

        var outcome = told.Task.IsCompletedSuccessfully ? told.Task.Result.Outcome! : ProgramExit.ToOutcome(exitCode, newest?.Step ?? 0, LastWords());
        var best = folder.State.Best;
        if (outcome is Completed && best is null)
            outcome = new Failed($"the program ended well, but reported no '{Objective}'; {Reported()}");
        return new()
        {
            Outcome = outcome,
            Objective = best?.Metrics[Objective],
            Metrics = best is null ? folder.State.Latest : folder.State.Latest.SetItems(best.Metrics),
            Best = best,
            Usage = Spent,
            PeakMemory = peakMemory,
        };
    }

    private string Reported() => folder.State.Latest.IsEmpty
        ? $"it must print lines such as {{\"step\": 1, \"{Objective}\": 0.5}}, each a JSON object"
        : $"it reported {string.Join(", ", folder.State.Latest.Keys)}";

    private string LastWords()
    {
        lock (lastErrors)
            return string.Join(" | ", lastErrors);
    }

    /// <summary>How a program is to end that does not end by itself; without an outcome its attempt is given up.</summary>
    private sealed record End(Outcome? Outcome, bool AtOnce = false);
}
