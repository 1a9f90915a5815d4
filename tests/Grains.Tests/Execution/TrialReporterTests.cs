using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Execution;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;

namespace Nola.Grains.Tests.Execution;

public sealed class TrialReporterTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly Trial trial = new();
    private readonly CancellationTokenSource stop = new();

    public void Dispose() => stop.Dispose();

    [Fact]
    public async Task Report_StoreIsAway_AttemptGoesOnAndMeasurementsArriveInOrder()
    {
        var sut = CreateSut();
        trial.IsAway = true;

        var first = sut.Report(At(1)).AsTask();
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Directive.Continue, await first);
        Assert.Equal(Directive.Continue, await sut.Report(At(2)));
        Assert.Equal(Directive.Continue, await sut.Report(At(3)));
        Assert.Empty(trial.Steps);
        Assert.False(sut.Delivered.IsCompleted);
        trial.IsAway = false;
        await Deliver(sut);

        Assert.Equal([1, 2, 3], trial.Steps);
    }

    [Fact]
    public async Task Report_PrunerWaitsForIt_AttemptWaitsForTheAnswer()
    {
        var sut = CreateSut(hasPruner: true);
        trial.IsAway = true;
        trial.Answer = new(DirectiveAction.Prune);

        var report = sut.Report(At(1)).AsTask();
        time.Advance(TimeSpan.FromMinutes(1));
        await Task.Yield();
        Assert.False(report.IsCompleted);
        trial.IsAway = false;
        await Deliver(sut);

        Assert.Equal(DirectiveAction.Prune, (await report).Action);
    }

    [Fact]
    public async Task Report_AttemptIsStoppedMeanwhile_ReturnsAndIsDeliveredAllTheSame()
    {
        var sut = CreateSut(hasPruner: true);
        trial.IsAway = true;

        var report = sut.Report(At(1)).AsTask();
        await stop.CancelAsync();
        Assert.Equal(Directive.Continue, await report);
        trial.IsAway = false;
        await Deliver(sut);

        Assert.Equal([1], trial.Steps);
    }

    [Fact]
    public async Task Report_EarlierOneWasToldToStop_IsNotDelivered()
    {
        var sut = CreateSut();
        trial.Answer = new(DirectiveAction.Abandon);

        Assert.Equal(DirectiveAction.Abandon, (await sut.Report(At(1))).Action);
        Assert.Equal(DirectiveAction.Abandon, (await sut.Report(At(2))).Action);

        Assert.Equal([1], trial.Steps);
    }

    [Fact]
    public async Task Progress_TrialDoesNotAnswer_AttemptGoesOn()
    {
        var sut = CreateSut();
        var late = trial.AnswerLate();

        var first = sut.Progress(Used(1)).AsTask();
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Directive.Continue, await first);
        Assert.Equal(Directive.Continue, await sut.Progress(Used(2)));
        Assert.Equal(1, trial.Told);
        late.SetResult(new(DirectiveAction.Abandon));
        Assert.Equal(DirectiveAction.Abandon, (await sut.Progress(Used(3))).Action);
    }

    [Fact]
    public async Task Progress_AllowanceCoversTheNextStep_IsNotWaitedFor()
    {
        var sut = CreateSut(allowance: new() { TrainingTime = TimeSpan.FromSeconds(10) });
        trial.AnswerLate();

        var first = sut.Progress(Used(8)).AsTask();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(10), (await first).Allowance!.TrainingTime);
    }

    [Fact]
    public async Task Progress_AllowanceDoesNotCoverTheNextStep_WaitsForTheGrant()
    {
        var sut = CreateSut(allowance: new() { TrainingTime = TimeSpan.FromSeconds(10) });
        var late = trial.AnswerLate();

        var first = sut.Progress(Used(9.5)).AsTask();
        time.Advance(TimeSpan.FromMinutes(1));
        await Task.Yield();
        Assert.False(first.IsCompleted);
        late.SetResult(new(DirectiveAction.Continue, new Allowance { TrainingTime = TimeSpan.FromSeconds(40) }));
        Assert.Equal(TimeSpan.FromSeconds(40), (await first).Allowance!.TrainingTime);

        // The grant is known from now on.
        trial.AnswerLate();
        var next = sut.Progress(Used(20)).AsTask();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(40), (await next).Allowance!.TrainingTime);
    }

    [Fact]
    public async Task Report_PrunerPauses_AttemptIsStoppedAndItsRunnerHearsNothing()
    {
        trial.Answer = new(DirectiveAction.Pause);

        var answer = await CreateSut(hasPruner: true).Report(new() { Step = 3 });

        Assert.True(stop.IsCancellationRequested);
        Assert.Equal(DirectiveAction.Continue, answer.Action);
    }

    [Fact]
    public async Task Report_PrunerPausesAtTheLastStep_AttemptComesToItsEnd()
    {
        trial.Answer = new(DirectiveAction.Pause);
        var sut = CreateSut(hasPruner: true);
        await sut.Progress(new() { Step = 8, PlannedSteps = 9 });

        var answer = await sut.Report(new() { Step = 9 });

        Assert.False(stop.IsCancellationRequested);
        Assert.Equal(DirectiveAction.Continue, answer.Action);
    }

    private TrialReporter CreateSut(bool hasPruner = false, Allowance? allowance = null) => new(
        trial,
        1,
        new TrialWork
        {
            Spec = new() { Id = new("x", 0, 0), Task = "function", Model = new NoModel { Id = "none" }, Method = new FunctionMethod { Id = "f", Function = "constant" }, Objective = new("value", Direction.Minimize) },
            HasPruner = hasPruner,
            NeedsGrants = allowance is not null,
        },
        allowance ?? Allowance.Unbounded,
        new ControlPlane(time, NullLogger.Instance),
        time,
        time.GetTimestamp(),
        stop.Token,
        TestContext.Current.CancellationToken,
        stop.Cancel);

    private static TrialProgress Used(double seconds) => new()
    {
        Spent = new() { TrainingTime = TimeSpan.FromSeconds(seconds) },
        Ahead = new() { TrainingTime = TimeSpan.FromSeconds(1) },
    };

    private static Measurement At(long step) => new() { Step = step };

    private async Task Deliver(TrialReporter sut)
    {
        while (!sut.Delivered.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
    }

    private sealed class Trial : ITrialGrain
    {
        private Task<Directive> progressAnswer = Task.FromResult(Directive.Continue);

        public bool IsAway { get; set; }

        public Directive Answer { get; set; } = Directive.Continue;

        public List<long> Steps { get; } = [];

        public int Told { get; private set; }

        /// <summary>Lets answers to progress wait for the source.</summary>
        public TaskCompletionSource<Directive> AnswerLate()
        {
            var source = new TaskCompletionSource<Directive>();
            progressAnswer = source.Task;
            return source;
        }

        public Task<Directive> Report(long epoch, TrialWork work, Measurement measurement)
        {
            if (IsAway)
                throw new TimeoutException("away");
            Steps.Add(measurement.Step);
            return Task.FromResult(Answer);
        }

        public Task<StartAnswer> Start(Lease lease, TrialWork work) => throw new NotSupportedException();

        public Task<Directive> Progress(long epoch, TrialWork work, TrialProgress progress)
        {
            Told++;
            return progressAnswer;
        }

        public Task<bool> Finish(Lease lease, TrialWork work, RunResult result) => throw new NotSupportedException();

        public Task GiveUp(long epoch, TrialWork work, Usage used) => throw new NotSupportedException();

        public Task Lose(long epoch, TrialWork work, string reason, Usage told, Usage atMost) => throw new NotSupportedException();

        public Task<TrialGlimpse> Describe() => throw new NotSupportedException();

        public Task Forget(bool hasGrant) => throw new NotSupportedException();
    }
}
