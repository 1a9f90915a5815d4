using Nola.Core.Trials;
using Nola.Training.Loop;

namespace Nola.Training.Tests.Loop;

/// <summary>What cannot be written for a while; a file in the place of the checkpoints' folder is the disk that is full.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly ToyTrial toy = new();

    public void Dispose() => toy.Dispose();

    [Fact]
    public void Execute_NothingCanBeWritten_TrainsToItsEndAndWaits()
    {
        var spec = toy.Spec() with { Training = toy.Spec().Training with { CheckpointEvery = TimeSpan.Zero } };
        var undisturbed = toy.Run(spec, "undisturbed");
        Directory.CreateDirectory(toy.Artifacts("disturbed"));
        var obstacle = Path.Combine(toy.Artifacts("disturbed"), "checkpoints");
        File.WriteAllText(obstacle, "");
        var observer = new Helper(obstacle);

        var result = new TrainingRun(toy.Cache, TimeProvider.System).Execute(spec, toy.Artifacts("disturbed"), Allowance.Unbounded, observer, TestContext.Current.CancellationToken);

        Assert.Equal(undisturbed.Metrics, result.Metrics);
        Assert.Equal(undisturbed.Usage.Steps, observer.WaitedAt);
        Assert.False(File.Exists(obstacle));
    }

    [Fact]
    public void Execute_StoppedWhileNothingCanBeWritten_EndsWithoutAResult()
    {
        using var stop = new CancellationTokenSource();
        Directory.CreateDirectory(toy.Artifacts("stopped"));
        File.WriteAllText(Path.Combine(toy.Artifacts("stopped"), "checkpoints"), "");
        var observer = new ToyTrial.Observer(_ =>
        {
            stop.Cancel();
            return Directive.Continue;
        });

        Assert.ThrowsAny<OperationCanceledException>(() => toy.Run(toy.Spec(), "stopped", observer, stop: stop.Token));
    }

    // Makes room when the run waits for it.
    private sealed class Helper(string obstacle) : ITrainingObserver
    {
        public long WaitedAt { get; private set; }

        public Directive Progress(TrialProgress progress)
        {
            if (progress.Phase.StartsWith("waiting for the disk (", StringComparison.Ordinal))
            {
                WaitedAt = progress.Step;
                File.Delete(obstacle);
            }

            return Directive.Continue;
        }

        public Directive Measured(Measurement measurement) => Directive.Continue;
    }
}
