using System.Globalization;
using Nola.Core.Trials;
using Nola.Silo.Commands;

namespace Nola.Silo.Tests.Commands;

/// <summary>Programs that do not end by themselves.</summary>
public sealed class CommandEndTests : IAsyncDisposable
{
    private readonly CommandHarness harness = new();

    // Starts another process in a session of its own, tells both ids, reports, and goes on for ever.
    private const string Family = """
        setsid sh -c 'echo $$ > "$NOLA_ARTIFACTS/child"; exec sleep 1000' &
        until [ -s "$NOLA_ARTIFACTS/child" ]; do sleep 0.01; done
        sleep 1000 &
        echo $! >> "$NOLA_ARTIFACTS/child"
        echo '{"step": 1, "score": 0.5}'
        wait
        """;

    public ValueTask DisposeAsync() => harness.DisposeAsync();

    private IEnumerable<int> Children => File.ReadAllLines(Path.Combine(harness.Artifacts, "child")).Select(int.Parse);

    [Fact]
    public async Task Run_Pruned_EndsWithThatReportAndLeavesNoProcess()
    {
        harness.Reporter.OnReport = _ => new(DirectiveAction.Prune);

        var result = await harness.Run(Family);

        Assert.Equal((new Pruned(1), 0.5), (result.Outcome, result.Objective));
        Assert.DoesNotContain(Children, IsAlive);
    }

    [Fact]
    public async Task Run_Pruned_TheProgramIsAskedFirstAndWhatItSaysThenIsNotReported()
    {
        harness.Reporter.OnReport = _ => new(DirectiveAction.Prune);

        var result = await harness.Run("""
            trap 'echo saved; echo "{\"step\": 2, \"score\": 0.9}"; exit 0' TERM
            echo '{"step": 1, "score": 0.5}'
            while :; do sleep 0.05; done
            """);

        Assert.Equal((new Pruned(1), 0.5), (result.Outcome, result.Objective));
        Assert.Contains("saved", File.ReadAllText(Path.Combine(harness.Artifacts, "attempt-1.log")), StringComparison.Ordinal);
        Assert.Single(harness.Reporter.Measurements);
    }

    [Fact]
    public async Task Run_IgnoresSigterm_IsKilledAfterTheGracePeriod()
    {
        harness.Reporter.OnReport = _ => new(DirectiveAction.Prune);

        var result = await harness.Run(harness.Shell("trap '' TERM; echo '{\"score\": 1}'; while :; do sleep 0.05; done") with { Limits = new() { Grace = TimeSpan.FromMilliseconds(100) } });

        Assert.Equal(new Pruned(1), result.Outcome);
    }

    [Fact]
    public async Task Run_Stopped_GivesUpAndTellsWhatItSpent()
    {
        using var stop = new CancellationTokenSource();
        var running = harness.Run(harness.Shell(Family), stop: stop.Token);
        await harness.Reporter.Next();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(harness.Reporter.Last!.Spent.TrainingTime > TimeSpan.Zero);
        Assert.DoesNotContain(Children, IsAlive);
    }

    [Fact]
    public async Task Run_Abandoned_GivesUp()
    {
        harness.Reporter.OnProgress = _ => Task.FromResult(new Directive(DirectiveAction.Abandon));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => harness.Run("exec sleep 1000"));
    }

    [Fact]
    public async Task Run_TimeIsOver_StillTakesWhatTheProgramReportsAtItsEnd()
    {
        var result = await harness.Run(
            harness.Shell("trap 'echo \"{\\\"score\\\": 0.7}\"; exit 1' TERM; while :; do sleep 0.05; done"),
            given => given.Budget = new() { Time = TimeSpan.FromSeconds(0.4) });

        Assert.Equal((new OutOfBudget("perTrial.time = 0.4 s"), 0.7), (result.Outcome, result.Objective));
        Assert.True(result.Usage.TrainingTime >= TimeSpan.FromSeconds(0.4), $"it ran for {result.Usage.TrainingTime}");
    }

    [Fact]
    public async Task Run_TimeOfEarlierAttempts_Counts()
    {
        Directory.CreateDirectory(harness.Artifacts);
        File.WriteAllText(Path.Combine(harness.Artifacts, "attempts.json"), """{ "attempts": 1, "trainingTime": "01:00:00" }""");

        var result = await harness.Run(harness.Shell("exec sleep 1000"), given => given.Budget = new() { Time = TimeSpan.FromHours(1.01) - TimeSpan.FromSeconds(35.9) });

        Assert.IsType<OutOfBudget>(result.Outcome);
        // What the earlier attempt used is not told twice.
        Assert.InRange(result.Usage.TrainingTime.TotalSeconds, 0.1, 300);
    }

    [Fact]
    public async Task Run_EarlierAttemptWasLostInMidReport_ReportsItBeforeAnythingElse()
    {
        harness.Reporter.OnReport = measurement => measurement.Step == 2 ? throw new IOException("killed") : Directive.Continue;
        const string Script = """
            count=$(cat "$NOLA_ARTIFACTS/count" 2>/dev/null || echo 0)
            while [ $count -lt 3 ]; do
              count=$((count + 1))
              echo $count > "$NOLA_ARTIFACTS/count"
              echo "{\"step\": $count, \"score\": $count}"
              [ $count = 2 ] && exec sleep 1000
            done
            """;
        await Assert.ThrowsAsync<AttemptLostException>(() => harness.Run(Script));
        harness.Reporter.OnReport = _ => Directive.Continue;

        await harness.Run(Script);
        await harness.Run("echo nothing more");

        Assert.Equal([1, 2, 2, 3], harness.Reporter.Measurements.Select(measurement => measurement.Step));
    }

    [Fact]
    public async Task Run_StepsAreOver_Ends()
    {
        var result = await harness.Run(harness.Shell("""echo '{"step": 5, "score": 1}'; exec sleep 1000"""), given => given.Budget = new() { Steps = 5 });

        Assert.Equal(new OutOfBudget("perTrial.steps = 5"), result.Outcome);
    }

    [Fact]
    public async Task Run_AllowanceIsNotRaised_Ends()
    {
        var result = await harness.Run(harness.Shell("exec sleep 1000"), given => given.Allowance = new() { TrainingTime = TimeSpan.FromSeconds(0.5), Cap = "total.deviceTime = 0.5 s", IsFinal = true });

        Assert.Equal(new OutOfBudget("total.deviceTime = 0.5 s"), result.Outcome);
    }

    [Fact]
    public async Task Run_AllowanceIsLate_StandsStillUntilItComes()
    {
        var answer = new TaskCompletionSource<Directive>();
        harness.Reporter.OnProgress = progress => progress.Spent.TrainingTime > TimeSpan.FromSeconds(0.5) ? answer.Task : Task.FromResult(Directive.Continue);
        var running = harness.Run(
            harness.Shell("""echo $$ > "$NOLA_ARTIFACTS/self"; echo '{"score": 1}'; until [ -e "$NOLA_ARTIFACTS/end" ]; do :; done"""),
            given => given.Allowance = new() { TrainingTime = TimeSpan.FromSeconds(1.5) });
        await harness.Reporter.Next();
        var program = int.Parse(File.ReadAllText(Path.Combine(harness.Artifacts, "self")), CultureInfo.InvariantCulture);
        // It starts no other program: a shell that is stopped while it does so waits for that one, and is not 'T'.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (StateOf(program) != 'T' && await timer.WaitForNextTickAsync(limit.Token))
        {
        }

        File.WriteAllText(Path.Combine(harness.Artifacts, "end"), "");
        Assert.False(running.IsCompleted);
        answer.SetResult(new(DirectiveAction.Continue, Allowance.Unbounded));

        Assert.Equal(new Completed(), (await running).Outcome);
    }

    [Theory]
    [InlineData("the program could not be started", true)]
    [InlineData("the program could not be looked after", false)]
    public async Task Run_FolderCannotBeWritten_IsALostAttempt(string what, bool before)
    {
        if (before)
            Directory.CreateDirectory(Path.Combine(harness.Artifacts, "attempts.json.new"));

        var fault = await Assert.ThrowsAsync<AttemptLostException>(() => harness.Run("""until mkdir "$NOLA_ARTIFACTS/attempts.json.new"; do :; done; exec sleep 1000"""));

        Assert.StartsWith(what, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TooMuchMemory_IsKilledAndSaysSo()
    {
        var result = await harness.Run(harness.Shell("setsid -w python3 -c 'import time; kept = bytearray(100 << 20); time.sleep(1000)'") with { Limits = new() { Memory = 50 << 20 } });

        Assert.Matches(@"^the program used \d+ MiB of memory, and its limit is 50 MiB$", Assert.IsType<Failed>(result.Outcome).Reason);
        // It is looked at once a second, perhaps in the middle of its growth.
        Assert.InRange(result.PeakMemory, 50 << 20, 200 << 20);
    }

    [Fact]
    public async Task Run_SaysNothing_IsKilled()
    {
        var result = await harness.Run(harness.Shell("echo hello; exec sleep 1000") with { Limits = new() { Silence = TimeSpan.FromSeconds(0.3) } });

        Assert.Equal(new Failed("the program wrote nothing for 0.3 s, which is limits.silence"), result.Outcome);
    }

    [Fact]
    public async Task Run_TooMuchOutput_CutsTheLogAndHearsTheMetrics()
    {
        var result = await harness.Run(harness.Shell("""yes | head -c 1000000; head -c 200000 /dev/zero; echo; echo '{"score": 1}'""") with { Limits = new() { Output = 1000 } });

        Assert.Equal((new Completed(), 1.0), (result.Outcome, result.Objective));
        var log = File.ReadAllText(Path.Combine(harness.Artifacts, "attempt-1.log"));
        Assert.InRange(log.Length, 1000, 1100);
        Assert.EndsWith("y\n[the log ends here: it has reached limits.output, 1000 bytes]\n", log, StringComparison.Ordinal);
    }

    private static bool IsAlive(int process) => StateOf(process) is not ('Z' or 'X' or ' ');

    // What stands behind the program's name, which may hold anything.
    private static char StateOf(int process)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{process}/stat");
            return line[line.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return ' ';
        }
    }
}
