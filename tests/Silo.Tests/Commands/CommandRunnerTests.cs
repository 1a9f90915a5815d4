using System.Collections.Immutable;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Silo.Commands;

namespace Nola.Silo.Tests.Commands;

/// <summary>Real small programs as trials.</summary>
public sealed class CommandRunnerTests : IAsyncDisposable
{
    private readonly CommandHarness harness = new();

    public ValueTask DisposeAsync() => harness.DisposeAsync();

    [Fact]
    public async Task Run_LinesOfMetrics_AreReportedAndTheBestCounts()
    {
        var result = await harness.Run("""
            echo 'starting'
            echo '{"step": 1, "score": 0.5, "loss": 2}'
            echo '{"step": 2, "score": 0.75, "loss": 1}'
            echo '{"step": 3, "score": 0.25, "loss": 3}'
            echo '{"step": 3, "test-score": 0.3}'
            """);

        Assert.Equal((new Completed(), 0.75), (result.Outcome, result.Objective));
        Assert.Equal([(1, 0.5), (2, 0.75), (3, 0.25), (3, 0.25)], harness.Reporter.Measurements.Select(item => (item.Step, item.Metrics["score"])));
        Assert.Equal((2, 1.0, 3L), (result.Best!.Step, result.Metrics["loss"], result.Usage.Steps));
        Assert.Equal(0.3, result.Metrics["test-score"]);
        Assert.True(result.Usage.TrainingTime > TimeSpan.Zero);
        Assert.StartsWith("starting\n", File.ReadAllText(Path.Combine(harness.Artifacts, "attempt-1.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Metrics_ComeFromTheFileThatTheMethodNames()
    {
        var result = await harness.Run(harness.Shell("""echo '{"score": 9}'; echo '{"score": 0.5}' > "$NOLA_METRICS"; printf '{"score": 0.6}' >> $NOLA_METRICS""") with { MetricsFile = "metrics.jsonl" });

        Assert.Equal((new Completed(), 0.6), (result.Outcome, result.Objective));
        Assert.Equal([1, 2], harness.Reporter.Measurements.Select(item => item.Step));
    }

    [Theory]
    [InlineData("echo '{\"score\": 1}'; exit 0", "completed")]
    [InlineData("echo '{\"step\": 4, \"score\": 1}'; exit 80", "pruned 4")]
    [InlineData("echo '{\"step\": 4, \"score\": 1}'; exit 81", "diverged 4")]
    [InlineData("echo '{\"step\": 4, \"score\": NaN}'; exec sleep 1000", "diverged 4")]
    [InlineData("echo 'no such file' >&2; exit 3", "failed the program ended with exit code 3: no such file")]
    [InlineData("exit 3", "failed the program ended with exit code 3: it said nothing on standard error")]
    [InlineData("kill -SEGV $$", "failed the program was ended by SIGSEGV: it said nothing on standard error")]
    [InlineData("echo hello", "failed the program ended well, but reported no 'score'; it must print lines such as {\"step\": 1, \"score\": 0.5}, each a JSON object")]
    [InlineData("echo '{\"loss\": 1, \"time\": 2}'", "failed the program ended well, but reported no 'score'; it reported loss, time")]
    public async Task Run_End_HasItsOutcome(string script, string expected) => Assert.Equal(expected, (await harness.Run(script)).Outcome switch
    {
        Completed => "completed",
        Pruned pruned => $"pruned {pruned.Step}",
        Diverged diverged => $"diverged {diverged.Step}",
        Failed failed => "failed " + failed.Reason,
        var other => other.ToString(),
    });

    [Fact]
    public async Task Run_ProgramAsksToBeTriedAgain_IsALostAttempt()
    {
        var fault = await Assert.ThrowsAsync<AttemptLostException>(() => harness.Run("echo 'no licence is free' >&2; exit 75"));

        Assert.Equal("the program asked to be tried again (exit code 75): no licence is free", fault.Message);
    }

    [Fact]
    public async Task Run_NoSuchProgram_Fails()
    {
        var result = await harness.Run(harness.Shell("") with { Run = ["no-such-program"] });

        Assert.Equal(new Failed("there is no program 'no-such-program' on this silo; install it there, or write its path"), result.Outcome);
    }

    [Fact]
    public async Task Run_Parameters_ReachArgumentsEnvironmentAndFiles()
    {
        var method = new CommandMethod
        {
            Id = "command",
            Run = ["sh", "-c", "printf '%s\\n' \"$@\" \"$NOLA_PARAM_learningRate\" \"$HIDDEN\" \"$NOLA_SEED $NOLA_TRIAL $NOLA_ATTEMPT\" \"$NOLA_ARTIFACTS\" \"$OMP_NUM_THREADS$CUDA_VISIBLE_DEVICES\"; cat \"$NOLA_PARAMETERS_JSON\" \"$NOLA_PARAMETERS_YAML\"", "sh", "--rate={learningRate}", "{optimizer}", "{{seed}} {seed} {\"json\": {seed}}", "{device}"],
            WorkingDirectory = harness.Folder,
            Parameters = ImmutableSortedDictionary<string, Core.Searching.ParameterValue>.Empty.Add("hidden", 64).Add("optimizer", "sgd"),
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("HIDDEN", "h{hidden}"),
        };

        await harness.Run(method, given =>
        {
            given.Parameters["learningRate"] = 1e-5;
            given.Parameters["optimizer"] = "adam";
        });

        Assert.Equal(
            $$"""
            --rate=1E-05
            adam
            {seed} 7 {"json": 7}
            cpu
            1E-05
            h64
            7 3 1
            {{harness.Artifacts}}
            3
            {
              "hidden": 64,
              "learningRate": 1E-05,
              "optimizer": "adam",
              "seed": 7
            }
            hidden: 64
            learningRate: 1.0E-05
            optimizer: "adam"
            seed: 7

            """,
            File.ReadAllText(Path.Combine(harness.Artifacts, "attempt-1.log")));
    }

    [Fact]
    public async Task Run_OnAGpu_SeesThatOneAlone()
    {
        await harness.Run(harness.Shell("echo $CUDA_VISIBLE_DEVICES $NOLA_DEVICE"), given => given.Device = new() { Id = "cuda:5", Kind = DeviceKind.Cuda });

        Assert.Equal("5 cuda:0\n", File.ReadAllText(Path.Combine(harness.Artifacts, "attempt-1.log")));
    }

    [Fact]
    public async Task Run_SecondAttempt_FindsTheArtifactsAndKeepsWhatWasBest()
    {
        const string script = """
            echo "attempt $NOLA_ATTEMPT"
            if [ -f "$NOLA_ARTIFACTS/checkpoint" ]; then echo '{"step": 2, "score": 0.4}'; exit 0; fi
            touch "$NOLA_ARTIFACTS/checkpoint"
            echo '{"step": 1, "score": 0.5}'
            exit 75
            """;
        await Assert.ThrowsAsync<AttemptLostException>(() => harness.Run(script));

        var result = await harness.Run(script);

        Assert.Equal((new Completed(), 0.5, 1L), (result.Outcome, result.Objective, result.Best!.Step));
        Assert.StartsWith("attempt 2\n", File.ReadAllText(Path.Combine(harness.Artifacts, "attempt-2.log")), StringComparison.Ordinal);
        Assert.Equal(2, harness.Reporter.Measurements.Count);
    }

    [Fact]
    public async Task Run_Standard_InputIsEmptyAndOwnVariablesOfTheSiloAreHidden()
    {
        Environment.SetEnvironmentVariable("NOLA_TEST_SECRET", "secret");

        await harness.Run("cat; echo [$NOLA_TEST_SECRET]");

        Assert.Equal("[]\n", File.ReadAllText(Path.Combine(harness.Artifacts, "attempt-1.log")));
    }
}
