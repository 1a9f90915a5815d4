using System.Globalization;
using Nola.Core.Trials;
using Nola.EndToEnd.Tests.Harness;

namespace Nola.EndToEnd.Tests.Faults;

/// <summary>Programs as trials, and what becomes of them when <c>nola</c> is gone.</summary>
public sealed class CommandTests : IDisposable
{
    // Counts to three in its own checkpoint; the first attempt stops at two and waits for the test, with a child in a session of its own.
    private const string Script = """
        count=$(cat "$NOLA_ARTIFACTS/count" 2>/dev/null || echo 0)
        while [ $count -lt 3 ]; do
          count=$((count + 1))
          echo $count > "$NOLA_ARTIFACTS/count"
          echo "{\"step\": $count, \"score\": $count}"
          if [ $count = 2 ]; then
            setsid sleep 1000 &
            echo "$$ $!" > "$NOLA_ARTIFACTS/processes.new"
            mv "$NOLA_ARTIFACTS/processes.new" "$NOLA_ARTIFACTS/processes"
            wait
          fi
        done
        """;

    private readonly TempFolder folder = new();

    private string Store => folder["store"];

    private string Artifacts => folder["store/artifacts/counting/0/0"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task KillNola_WhileAProgramRuns_LeavesNoProgramAndResumeGoesOnFromItsCheckpoint()
    {
        await File.WriteAllTextAsync(folder["count.sh"], Script);
        await File.WriteAllTextAsync(folder["counting.yaml"], "name: counting\ntask: command\nobjective: { metric: score, direction: maximize }\nmethods: { command: { run: [sh, count.sh] } }\n");
        int[] programs;
        await using (var nola = NolaProcess.Start("run", folder["counting.yaml"], "--store", Store, "--plain"))
        {
            var text = await Wait.Until("the ids of the program's processes", () => File.ReadAllText(Path.Combine(Artifacts, "processes")), ids => ids.Length > 0);
            programs = [.. text.Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
            Assert.All(programs, id => Assert.True(ProcessTree.IsAlive(id)));
            await Wait.Until("the report of step 2", () => File.ReadAllText(Path.Combine(Artifacts, "attempts.json")), state => state.Contains("\"step\": 2", StringComparison.Ordinal));
            var workers = nola.Workers;

            nola.Send(Signal.Kill);

            await Wait.Until("the end of the program and its child", () => programs.Where(ProcessTree.IsAlive).ToArray(), alive => alive.Length == 0);
            await Wait.Until("the end of the worker", () => workers.Where(ProcessTree.IsAlive).ToArray(), alive => alive.Length == 0);
        }

        await NolaProcess.Run(0, "resume", "counting", "--store", Store);

        var trial = Assert.Single(await Results.Trials("counting", 0, "--store", Store));
        Assert.Equal((new Completed(), 3.0, 2), (trial.Result.Outcome, trial.Result.Objective, trial.Attempts));
        Assert.Equal([1, 2, 3], trial.Measurements.Select(measurement => measurement.Step));
        Assert.Equal("""{"step": 3, "score": 3}""", (await File.ReadAllTextAsync(Path.Combine(Artifacts, "attempt-2.log"))).TrimEnd());
    }
}
