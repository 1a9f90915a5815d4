using System.Globalization;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Silo.Commands;

/// <summary>One program under way: hears what it says, keeps its budget and its limits, and ends it when it must end.</summary>
/// <remarks>
/// Its training time goes from its start to its end, or to the moment in which it is asked to end. While an allowance that it needs is not to be had,
/// its processes stand still, and that time does not count.
/// </remarks>
internal sealed class CommandSession
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ForLastWords = TimeSpan.FromSeconds(5);

    private readonly TrialAttempt attempt;
    private readonly CommandMethod method;
    private readonly AttemptFolder folder;
    private readonly ProgramProcess program;
    private readonly GrowingFile? metricsFile;
    private readonly ITrialReporter reporter;
    private readonly TimeProvider time;
    private readonly long memoryLimit;
    private readonly TimeSpan earlier;
    private readonly RunningTime running;
    private readonly EndRequest end = new();
    private readonly MetricReports metrics;
    private readonly LastWords lastWords = new();
    private Allowance allowance;
    private long heardAt;
    private long peakMemory;

    /// <param name="attempt">The attempt.</param>
    /// <param name="method">The command.</param>
    /// <param name="folder">Keeps what the next attempt needs.</param>
    /// <param name="program">The program, just started.</param>
    /// <param name="metricsFile">Where it writes its metrics; null when it prints them.</param>
    /// <param name="reporter">Hears where the attempt is.</param>
    /// <param name="slotMemory">The slot's own limit on memory in bytes; 0 for none.</param>
    /// <param name="time">Clock.</param>
    public CommandSession(TrialAttempt attempt, CommandMethod method, AttemptFolder folder, ProgramProcess program, GrowingFile? metricsFile, ITrialReporter reporter, long slotMemory, TimeProvider time)
    {
        (this.attempt, this.method, this.folder, this.program, this.metricsFile, this.reporter, this.time) = (attempt, method, folder, program, metricsFile, reporter, time);
        memoryLimit = new[] { method.Limits.Memory, slotMemory }.Where(limit => limit > 0).DefaultIfEmpty().Min();
        earlier = folder.State.TrainingTime;
        allowance = attempt.Allowance;
        running = new(time);
        heardAt = time.GetTimestamp();
        metrics = new(attempt.Trial, folder, reporter, end, () => TrainingTime);
    }

    private TimeSpan TrainingTime => earlier + running.Elapsed;

    private Usage Spent => new() { TrainingTime = running.Elapsed, Steps = metrics.Step };

    /// <summary>Goes on until the program has ended.</summary>
    public async Task<RunResult> Run(CancellationToken stop)
    {
        await using var whenStopped = stop.Register(() => end.Ask(null));
        using var over = new CancellationTokenSource();
        using var gone = new CancellationTokenSource();
        var reading = end.Guard(Read(gone.Token));
        var reporting = end.Guard(metrics.Run());
        var watching = end.Guard(Watch(over.Token));
        await Task.WhenAny(program.Exited, end.Asked);
        running.Stop();
        await over.CancelAsync();
        await (end.Current is { } asked ? program.End(asked.AtOnce ? TimeSpan.Zero : method.Limits.Grace, time) : program.KillAll());
        await gone.CancelAsync();
        await watching;
        // Nothing of the program is left, so nothing holds its pipes; but whoever was handed them may.
        await reading.WaitAsync(ForLastWords).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        metrics.Complete();
        await reporting;
        SaveTimeIfPossible();
        return await Finish(await program.Exited);
    }

    private Task Read(CancellationToken gone) => Task.WhenAll(
        new OutputLines(Heard, TakeOutput).ReadToEnd(program.Output),
        new OutputLines(Heard, TakeError).ReadToEnd(program.Errors),
        metricsFile?.Follow(new(Heard, metrics.Take), Tick, time, gone) ?? Task.CompletedTask);

    private void Heard() => Volatile.Write(ref heardAt, time.GetTimestamp());

    private ValueTask TakeOutput(string line)
    {
        folder.Log(line);
        return metricsFile is null ? metrics.Take(line) : ValueTask.CompletedTask;
    }

    private ValueTask TakeError(string line)
    {
        folder.Log(line);
        lastWords.Take(line);
        return ValueTask.CompletedTask;
    }

    // Looks after the program until it ends or is to end.
    private async Task Watch(CancellationToken over)
    {
        var telling = Task.CompletedTask;
        long? toldAt = null;
        while (!over.IsCancellationRequested)
        {
            if (toldAt is null || time.GetElapsedTime(toldAt.Value) >= Pace.BetweenReports)
            {
                toldAt = time.GetTimestamp();
                CheckLimits();
                SaveTime();
                if (telling.IsCompleted)
                    telling = end.Guard(Tell());
            }

            if (!IsCovered)
                await WaitForAllowance(telling);
            var left = attempt.Trial.Budget.Time - TrainingTime;
            if (left <= TimeSpan.Zero)
                end.Ask(new OutOfBudget(string.Create(CultureInfo.InvariantCulture, $"perTrial.time = {attempt.Trial.Budget.Time!.Value.TotalSeconds:0.###} s")));
            await Task.Delay(left > TimeSpan.Zero && left < Tick ? left.Value : Tick, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await telling;
    }

    private bool IsCovered => allowance.Covers(Spent + new Usage { TrainingTime = Tick });

    private async Task WaitForAllowance(Task telling)
    {
        if (!telling.IsCompleted)
        {
            program.Freeze(true);
            running.Stop();
            await Task.WhenAny(telling, end.Asked, program.Exited);
            if (end.Current is null && !program.Exited.IsCompleted)
                running.Start();
            program.Freeze(false);
        }

        if (!IsCovered)
            end.Ask(new OutOfBudget(allowance.Cap));
    }

    private async Task Tell()
    {
        var answer = await reporter.Progress(Progress());
        allowance = answer.Allowance ?? allowance;
        end.Obey(answer, metrics.Step);
    }

    private TrialProgress Progress() => new()
    {
        Step = metrics.Step,
        PlannedSteps = attempt.Trial.Budget.Steps,
        Loss = metrics.Newest?.Metrics.TryGetValue("loss", out var loss) == true ? loss : null,
        Phase = "running",
        Spent = Spent,
        // Early enough that the answer is there before the allowance ends.
        Ahead = new() { TrainingTime = Pace.BetweenReports * 2 },
    };

    private void CheckLimits()
    {
        var used = program.Memory;
        peakMemory = Math.Max(peakMemory, used);
        if (memoryLimit > 0 && used > memoryLimit)
            end.Ask(new Failed(string.Create(CultureInfo.InvariantCulture, $"the program used {used / 1048576.0:0} MiB of memory, and its limit is {memoryLimit / 1048576.0:0} MiB")), atOnce: true);
        if (method.Limits.Silence is { } limit && time.GetElapsedTime(Volatile.Read(ref heardAt)) > limit)
            end.Ask(new Failed(string.Create(CultureInfo.InvariantCulture, $"the program wrote nothing for {limit.TotalSeconds:0.###} s, which is limits.silence")), atOnce: true);
    }

    // The program has ended, and its result is known; the time is for a next attempt, if there is any.
    private void SaveTimeIfPossible()
    {
        try
        {
            SaveTime();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The next attempt counts a second less.
        }
    }

    private void SaveTime() => folder.Change(state => state with { TrainingTime = TrainingTime });

    private async Task<RunResult> Finish(int exitCode)
    {
        if (end.Current is { Fault: { } fault })
            throw new AttemptLostException($"the program could not be looked after: {fault.Message}", fault);
        if (end.Current is { Outcome: null })
        {
            await reporter.Progress(Progress());
            throw new OperationCanceledException("The attempt was told to stop.");
        }

        var (state, objective) = (folder.State, attempt.Trial.Objective.Metric);
        var outcome = end.Current?.Outcome ?? ProgramExit.ToOutcome(exitCode, metrics.Step, lastWords.Text);
        if (outcome is Completed && state.Best is null)
            outcome = new Failed($"the program ended well, but reported no '{objective}'; {(state.Latest.IsEmpty ? $"it must print lines such as {{\"step\": 1, \"{objective}\": 0.5}}, each a JSON object" : $"it reported {string.Join(", ", state.Latest.Keys)}")}");
        return new()
        {
            Outcome = outcome,
            Objective = state.Best?.Metrics[objective],
            Metrics = state.Latest.SetItems(state.Best?.Metrics ?? state.Latest),
            Best = state.Best,
            Usage = Spent,
            PeakMemory = peakMemory,
        };
    }
}
