using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Hosting;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;

namespace Nola.Grains.Execution;

/// <summary>Runs leased trials on this silo's slots, outside any grain, and tells their grains what happens.</summary>
/// <remarks>It has the last word about its slots: a busy slot, unless it is shared, or a stale epoch is refused.</remarks>
internal sealed class TrialExecutor : ITrialExecutor, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly IGrainFactory grains;
    private readonly NolaGrainsOptions options;
    private readonly ILocalSiloDetails silo;
    private readonly TimeProvider time;
    private readonly ILogger<TrialExecutor> logger;
    private readonly ImmutableDictionary<string, ITrialRunner> runners;
    private readonly ControlPlane control;
    private readonly Lock gate = new();
    private readonly Dictionary<TrialId, RunningAttempt> attempts = [];
    private readonly SlotTimes times;
    private readonly CancellationTokenSource stopped = new();
    private ITrialExecutor? reference;
    private Task reporting = Task.CompletedTask;
    private ImmutableArray<Device> devices;
    private Task? testing;
    private string? notice;
    private string? programFault;
    private bool isDraining;

    public TrialExecutor(
        IGrainFactory grains,
        IOptions<NolaGrainsOptions> options,
        ILocalSiloDetails silo,
        IEnumerable<ITrialRunner> runners,
        TimeProvider time,
        ILogger<TrialExecutor> logger)
    {
        this.grains = grains;
        this.options = options.Value;
        devices = this.options.Devices;
        this.silo = silo;
        this.time = time;
        this.logger = logger;
        // The last one registered for a kind wins, so that a host may replace a built-in runner.
        this.runners = runners.GroupBy(runner => runner.Kind).ToImmutableDictionary(kind => kind.Key, kind => kind.Last());
        control = new(time, logger);
        times = new(time);
    }

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(0);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<TrialExecutor>(ServiceLifecycleStage.Active, Start, Stop);

    public Task<bool> Run(Lease lease, TrialWork work)
    {
        var attempt = new RunningAttempt(lease, work, time.GetTimestamp());
        lock (gate)
        {
            if (isDraining)
                return Task.FromResult(false);
            if (attempts.TryGetValue(lease.Trial, out var known))
            {
                // The same lease handed over twice is one lease; an older attempt of the trial must leave first.
                if (known.Lease.Epoch < lease.Epoch)
                    known.Stop.Cancel();
                return Task.FromResult(known.Lease.Epoch == lease.Epoch);
            }

            if (attempts.Values.Any(other => other.Lease.Device == lease.Device && other.Lease.Slot == lease.Slot && !MayShare(other.Work, work)))
                return Task.FromResult(false);
            attempts[lease.Trial] = attempt;
            attempt.Share = times.Enter(lease);
        }

        attempt.Done = Task.Run(() => Carry(attempt));
        return Task.FromResult(true);
    }

    Task ITrialExecutor.Stop(TrialId trial, long epoch)
    {
        lock (gate)
        {
            if (attempts.TryGetValue(trial, out var attempt) && attempt.Lease.Epoch == epoch)
                attempt.Stop.Cancel();
        }

        return Task.CompletedTask;
    }

    Task ITrialExecutor.TestPrograms()
    {
        lock (gate)
            testing ??= Task.Run(TestPrograms, CancellationToken.None);
        return Task.CompletedTask;
    }

    private Task Start(CancellationToken cancellationToken)
    {
        reference = grains.CreateObjectReference<ITrialExecutor>(this);
        reporting = Task.Run(ReportRepeatedly, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task Stop(CancellationToken cancellationToken)
    {
        Task[] running;
        lock (gate)
        {
            isDraining = true;
            running = [.. attempts.Values.Select(attempt => attempt.Done)];
            foreach (var attempt in attempts.Values)
                attempt.Stop.Cancel();
        }

        await Task.WhenAny(Task.WhenAll(running), Task.Delay(options.DrainTimeout, time, cancellationToken));
        await stopped.CancelAsync();
        await reporting;
        try
        {
            await Scheduler.Leave(silo.SiloAddress).WaitAsync(TimeSpan.FromSeconds(5), time, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The scheduler sees it in the membership a little later.
            logger.ReportFailed(exception);
        }
    }

    private async Task ReportRepeatedly()
    {
        if (options.TestDevices is { } test && !await TryTest(test))
            return;
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                ImmutableArray<HeldLease> held;
                lock (gate)
                    held = [.. attempts.Values.Select(attempt => new HeldLease(attempt.Lease, attempt.Work))];
                await Scheduler.Report(new() { Silo = silo.SiloAddress, Name = silo.Name, Executor = reference!, Devices = devices, Held = held, Notice = notice, ProgramFault = programFault, Trouble = control.Trouble });
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                logger.ReportFailed(exception);
            }

            await Task.Delay(options.ReportPeriod, time, stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // False when the silo stops before the test has ended.
    private async Task<bool> TryTest(Func<CancellationToken, Task<DeviceOffer>> test)
    {
        try
        {
            (devices, notice) = await test(stopped.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TestPrograms()
    {
        ProgramOffer found;
        try
        {
            found = await options.TestPrograms(stopped.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            found = new(ProgramKinds.None, exception.Message);
        }

        programFault = found.Fault;
        devices = [.. devices.Select(device => device.Slot == SlotKind.Light ? device with { Programs = found.Programs } : device)];
    }

    private async Task Carry(RunningAttempt attempt)
    {
        var (lease, work) = (attempt.Lease, attempt.Work);
        var name = lease.Trial.ToString();
        var grain = grains.GetGrain<ITrialGrain>(name);
        var again = false;
        try
        {
            var answer = await control.Insist(name, () => grain.Start(lease, work), attempt.Stop.Token);
            if (answer.MayRun)
                again = await RunAttempt(attempt, grain, answer.Allowance);
        }
        catch (OperationCanceledException) when (attempt.Stop.IsCancellationRequested)
        {
            // Stopped before it began, or while it told its end: nothing to tell that the next epoch would not.
            again = !attempt.IsPaused;
            await Quietly(() => grain.GiveUp(lease.Epoch, work, Usage.None));
        }
        finally
        {
            lock (gate)
                attempts.Remove(lease.Trial);
            times.Leave(lease, attempt.Share!);
            await Quietly(() => Scheduler.Release(lease.Trial, lease.Epoch, again));
        }
    }

    // Whether the trial needs another attempt.
    private async Task<bool> RunAttempt(RunningAttempt attempt, ITrialGrain grain, Allowance allowance)
    {
        var (lease, work) = (attempt.Lease, attempt.Work);
        var name = lease.Trial.ToString();
        var reporter = new TrialReporter(grain, lease.Epoch, work, allowance, control, time, attempt.BeganAt, attempt.Stop.Token, stopped.Token, attempt.Pause);
        RunResult result;
        try
        {
            var kind = TaskCatalogue.All.TryGetValue(work.Spec.Task, out var task) ? task.Runner : work.Spec.Task;
            if (!runners.TryGetValue(kind, out var runner))
                throw new AttemptLostException($"This silo has no runner for '{kind}' trials.");
            var device = devices.First(device => device.Id == lease.Device);
            result = await runner.Run(new(work.Spec, lease, device, Path.Combine(options.ArtifactFolder, name), allowance, work.Needs.Pack), reporter, attempt.Stop.Token);
        }
        catch (AttemptLostException exception)
        {
            logger.AttemptLost(exception, name, lease.Epoch);
            var (told, atMost) = (WithDeviceTime(reporter.Told), reporter.AtMost);
            await reporter.Delivered;
            await control.Insist(name, () => grain.Lose(lease.Epoch, work, exception.Message, told, atMost), stopped.Token);
            return !attempt.IsPaused;
        }
        catch (OperationCanceledException)
        {
            var used = WithDeviceTime(reporter.Told);
            await reporter.Delivered;
            await control.Insist(name, () => grain.GiveUp(lease.Epoch, work, used), stopped.Token);
            return !attempt.IsPaused;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            logger.RunnerFailed(exception, name);
            result = new() { Outcome = new Failed(exception.Message) };
        }

        var whole = result with { Usage = WithDeviceTime(result.Usage) };
        await reporter.Delivered;
        return !await control.Insist(name, () => grain.Finish(lease, work, whole), stopped.Token);

        Usage WithDeviceTime(Usage usage) => usage with { DeviceTime = times.Of(lease, attempt.Share!) };
    }

    private static bool MayShare(TrialWork one, TrialWork other) => one.Needs.Pack > 1 && other.Needs.Pack > 1 && SlotTable.AreOfOneStudy(one.Spec.Id, other.Spec.Id);

    private static async Task Quietly(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The silo's next report tells the scheduler the same.
        }
    }

    private sealed record RunningAttempt(Lease Lease, TrialWork Work, long BeganAt)
    {
        public CancellationTokenSource Stop { get; } = new();
        public Task Done { get; set; } = Task.CompletedTask;
        public SlotTimes.Share? Share { get; set; }

        /// <summary>Whether the pruner has paused the trial: its study asks for the next attempt.</summary>
        public bool IsPaused { get; private set; }

        public void Pause()
        {
            IsPaused = true;
            Stop.Cancel();
        }
    }
}
