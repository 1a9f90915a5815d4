using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Budgets;
using Nola.Grains.Catalog;
using Nola.Grains.Hosting;
using Nola.Grains.Placement;
using Nola.Grains.Scheduling;
using Nola.Grains.Studies;

namespace Nola.Grains.Experiments;

/// <summary>Owns the studies of an experiment and hands out permits to start trials; see <see cref="IExperimentGrain"/>.</summary>
/// <remarks>Studies are opened one after another, the next when the one before has no more to start, so at parallelism 1 trials run in order.</remarks>
[GrainType("nola.experiment")]
[NotOnWorkers]
internal sealed class ExperimentGrain : Grain, IExperimentGrain, IExperimentControlGrain, IRemindable
{
    // Silos tell what they have as soon as they run; a spec is not refused before all have.
    private static readonly TimeSpan CapacityPatience = TimeSpan.FromSeconds(5);

    private readonly IPersistentState<ExperimentRecord> stored;
    private readonly NolaGrainsOptions options;
    private readonly TimeProvider time;
    private readonly Watchdog watchdog;
    private ImmutableArray<StudySpec> studies = [];
    private Permits permits;
    private string? notice;

    public ExperimentGrain([PersistentState("experiment")] IPersistentState<ExperimentRecord> stored, IOptions<NolaGrainsOptions> options, TimeProvider time)
    {
        this.stored = stored;
        this.options = options.Value;
        this.time = time;
        watchdog = new(this);
        permits = new(Record);
    }

    private ExperimentRecord Record => stored.State;

    private string Id => this.GetPrimaryKeyString();

    private ISchedulerGrain Scheduler => GrainFactory.GetGrain<ISchedulerGrain>(0);

    private IBudgetGrain Budget => GrainFactory.GetGrain<IBudgetGrain>(Id);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The state has been read since the constructor ran.
        permits = new(Record);
        if (Record.Spec is not null)
            Load(Record.Spec);
        return Task.CompletedTask;
    }

    public async Task Submit(ExperimentSpec spec)
    {
        if (Record.Spec is not null)
        {
            if (JsonSerializer.Serialize(Record.Spec) != JsonSerializer.Serialize(spec))
                throw new SubmissionRefusedException($"The id '{Id}' is taken by another experiment; submit under another name or let the client choose an id.");
            // A submission that was interrupted after it was stored goes on from there.
            await Poke();
            return;
        }

        if (SubmissionCheck.Problems(spec, Id, options.CreatePruner) is { Count: > 0 } problems)
            throw new SubmissionRefusedException(string.Join(" ", problems));
        foreach (var earlier in spec.Search?.WarmStart ?? [])
        {
            var state = earlier == Id ? null : (await GrainFactory.GetGrain<IExperimentGrain>(earlier).GetStatus())?.State;
            if (state is not (ExperimentState.Finished or ExperimentState.Cancelled))
                throw new SubmissionRefusedException($"The search is to learn from '{earlier}', but {(state is null ? "there is no other experiment of that id" : "that experiment has not ended")}.");
        }

        var capacity = await GetCapacity(spec);
        if (capacity.Refusal is { } refusal)
            throw new SubmissionRefusedException(refusal);
        // Known to the catalog first: whatever is stored here is found again after a crash.
        var now = time.GetUtcNow();
        await Catalog.Note(new(Id, ExperimentState.Queued, now, null));
        Record.Spec = spec;
        Record.State = ExperimentState.Running;
        Record.SubmittedAt = now;
        Record.Software = $"Nola {SoftwareVersions.Nola}, {SoftwareVersions.DotNet}";
        Record.StartedAt = Record.RunningSince = now;
        Load(spec);
        Take(capacity);
        if (spec.TotalBudget.NeedsGrants)
            await Budget.Open(spec.TotalBudget, spec.Rates, spec.Parallelism ?? Math.Max(1, capacity.Slots));
        await Write();
        await watchdog.Start();
        await Note();
        await OpenNext();
    }

    public async Task<ExperimentStatus?> GetStatus()
    {
        if (Record.Spec is not { } spec)
            return null;
        // As it stands now: a trial that ends while its study is asked must not count as running and as ended.
        var (state, summaries) = (Record.State, Record.Summaries.ToArray());
        var open = state is ExperimentState.Running or ExperimentState.Paused
            ? summaries.Where(summary => !summary.IsDone).Select(summary => summary.Index).ToArray()
            : [];
        var running = await Task.WhenAll(open.Select(index => Study(index).GetRunning()));
        var balance = spec.TotalBudget.NeedsGrants ? await Budget.GetBalance() : null;
        return new()
        {
            Id = Id,
            State = state,
            SubmittedAt = Record.SubmittedAt,
            StartedAt = Record.StartedAt,
            EndedAt = Record.EndedAt,
            Software = Record.Software,
            Elapsed = Elapsed(),
            Objective = spec.Objective,
            Studies = [.. studies.Select(study => ExperimentView.Study(study, summaries.FirstOrDefault(known => known.Index == study.Index)))],
            Running = [.. running.SelectMany(part => part)],
            Budget = ExperimentView.Budget(spec, summaries, running.SelectMany(part => part), balance),
            Notice = state == ExperimentState.Running ? notice : Stopped(),
        };
    }

    public Task<ExperimentSpec?> GetSpec() => Task.FromResult(Record.Spec);

    public Task<ImmutableArray<TrialRecord>> GetTrials(int study, int skip, int take) =>
        study < 0 || study >= Record.Opened ? Task.FromResult(ImmutableArray<TrialRecord>.Empty) : Study(study).GetTrials(skip, take);

    public async Task Pause()
    {
        if (Record.State != ExperimentState.Running)
            return;
        Record.Elapsed = Elapsed();
        Record.RunningSince = null;
        Record.State = ExperimentState.Paused;
        await Write();
        await Task.WhenAll(OpenStudies().Select(study => study.SetPaused(true)));
        await Scheduler.Withdraw(Id);
        await Note();
        await watchdog.Stop();
    }

    public async Task Resume()
    {
        if (Record.State != ExperimentState.Paused)
            return;
        Record.RunningSince = time.GetUtcNow();
        Record.State = ExperimentState.Running;
        await Write();
        await watchdog.Start();
        await Note();
        await Task.WhenAll(OpenStudies().Select(study => study.SetPaused(false)));
    }

    public async Task Cancel()
    {
        if (Record.Spec is null || Record.State is ExperimentState.Finished or ExperimentState.Cancelled)
            return;
        await End(ExperimentState.Cancelled, new Cancelled());
    }

    public async Task<Permission> Report(StudySummary summary)
    {
        var index = Record.Summaries.FindIndex(known => known.Index == summary.Index);
        // What the study told before its trials were ended may come after it.
        if (index < 0 || summary.Counts.Total < Record.Summaries[index].Counts.Total)
            return new(0, true);
        var isNews = summary.IsDone && !Record.Summaries[index].IsDone;
        Record.Summaries[index] = summary;
        permits.Settle(summary.Index);
        if (summary.IsOutOfBudget)
            Record.StoppedBy ??= "the total budget";
        if (Record.State != ExperimentState.Running)
        {
            // Whatever interrupted a pause, its trials leave their slots in the end.
            if (summary.InFlight > 0)
                Scheduler.Withdraw(Id).Ignore();
            if (isNews)
                await Write();
            return new(0, true);
        }

        var free = permits.Free(Record.Spec!);
        // Paused trials of earlier studies come first.
        var ahead = Record.Summaries.Where(other => other.Index < summary.Index).Sum(other => other.Promotable);
        var starts = summary.IsExhausted || Record.StoppedBy is not null ? 0 : Math.Max(0, free - ahead);
        var given = Math.Min(permits.FreeSlots(Record.Spec!), starts + summary.Promotable);
        if (given > 0)
            permits.Give(summary.Index, given);
        if (summary.IsExhausted)
        {
            if (isNews)
                await Write();
            await GoOn(free - given);
        }

        return new(given, false, starts, Record.StoppedBy is not null);
    }

    public async Task Poke()
    {
        if (Record.Spec is null)
        {
            await GrainFactory.GetGrain<IWakeGrain>(0).Forget(Id);
            return;
        }

        // Whatever interrupted an earlier call, the catalog and the studies hear again what they should know.
        await Note();
        if (Record.State != ExperimentState.Running)
        {
            await watchdog.Stop();
            return;
        }

        await watchdog.Start();
        Take(await Scheduler.GetCapacity(Record.Spec.Needs));
        if (Record.Spec.TotalBudget.WallClock is { } cap && Elapsed() >= cap)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"total.wallClock = {cap.TotalSeconds:0.###} s");
            Record.StoppedBy = name;
            await End(ExperimentState.Finished, new OutOfBudget(name));
            return;
        }

        if (Record.Opened == 0)
            await OpenNext();
        foreach (var summary in Record.Summaries.Where(summary => !summary.IsDone).ToArray())
            await Study(summary.Index).Open(studies[summary.Index], Record.Spec.TotalBudget.NeedsGrants);
        await GoOn(permits.Free(Record.Spec));
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Poke();

    private void Load(ExperimentSpec spec) => studies = Matrix.Expand(spec, Id);

    private async Task<Capacity> GetCapacity(ExperimentSpec spec)
    {
        var began = time.GetTimestamp();
        var capacity = await Scheduler.GetCapacity(spec.Needs);
        while (!capacity.IsComplete && time.GetElapsedTime(began) < CapacityPatience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time);
            capacity = await Scheduler.GetCapacity(spec.Needs);
        }

        return capacity;
    }

    private void Take(Capacity capacity)
    {
        permits.Slots = Math.Max(1, capacity.Slots);
        notice = capacity.Devices == 0 ? "No silo of the cluster has offered a device yet; the experiment starts when one does."
            : capacity.Slots == 0 ? capacity.Refusal
            : capacity.Trouble is { } trouble ? $"Results wait to be stored: {trouble}"
            : null;
    }

    private async Task GoOn(int free)
    {
        var mayStart = Record.StoppedBy is null;
        if (free > 0 && mayStart)
        {
            var last = Record.Summaries[^1];
            if (last.IsExhausted && Record.Opened < studies.Length)
                await OpenNext();
            else if (!last.IsExhausted)
                Study(last.Index).Poke().Ignore();
        }

        if (free > 0)
            foreach (var summary in Record.Summaries.Where(summary => summary.Promotable > 0))
                Study(summary.Index).Poke().Ignore();
        var nothingRuns = Record.Summaries.All(summary => summary is { InFlight: 0, Paused: 0 }) && permits.Outstanding == 0;
        if (nothingRuns && (!mayStart || (Record.Opened == studies.Length && Record.Summaries.All(summary => summary.IsDone))))
            await End(ExperimentState.Finished, null);
    }

    private async Task OpenNext()
    {
        if (Record.Opened == studies.Length)
            return;
        var spec = studies[Record.Opened++];
        Record.Summaries.Add(new() { Index = spec.Index });
        await Write();
        await Study(spec.Index).Open(spec, Record.Spec!.TotalBudget.NeedsGrants);
    }

    private async Task End(ExperimentState state, Outcome? outcome)
    {
        if (outcome is not null)
        {
            // Withdrawn before the trials end, so that none of them gets another slot, and after it for what was asked for meanwhile.
            await Scheduler.Withdraw(Id);
            foreach (var summary in await Task.WhenAll(OpenStudies().Select(study => study.EndAll(outcome))))
                Record.Summaries[Record.Summaries.FindIndex(known => known.Index == summary.Index)] = summary;
            await Scheduler.Withdraw(Id);
        }

        if (Record.Spec!.TotalBudget.NeedsGrants)
            await Budget.Close();
        Record.Elapsed = Elapsed();
        Record.RunningSince = null;
        Record.EndedAt = time.GetUtcNow();
        Record.State = state;
        await Write();
        await Note();
        await watchdog.Stop();
    }

    private TimeSpan Elapsed() => Record.Elapsed + (Record.RunningSince is { } since ? time.GetUtcNow() - since : TimeSpan.Zero);

    private string? Stopped() => Record.StoppedBy is { } cap ? $"Ended by {cap}; the trials not started are not counted." : null;

    private IStudyGrain Study(int index) => GrainFactory.GetGrain<IStudyGrain>(string.Create(CultureInfo.InvariantCulture, $"{Id}/{index}"));

    private IStudyGrain[] OpenStudies() => [.. Record.Summaries.Where(summary => !summary.IsDone).Select(summary => Study(summary.Index))];

    private ICatalogGrain Catalog => GrainFactory.GetGrain<ICatalogGrain>(0);

    private Task Note() => Catalog.Note(new(Id, Record.State, Record.SubmittedAt, Record.EndedAt));

    // What could not be stored must not stay in memory either: the next call reads the store again.
    private async Task Write()
    {
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
