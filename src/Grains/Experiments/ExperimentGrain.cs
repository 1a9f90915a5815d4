using System.Globalization;
using System.Text.Json;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Budgets;
using Nola.Grains.Placement;
using Nola.Grains.Scheduling;
using Nola.Grains.Studies;
using Nola.Search.Samplers;

namespace Nola.Grains.Experiments;

/// <summary>Owns the studies of an experiment and hands out permits to start trials; see <see cref="IExperimentGrain"/>.</summary>
/// <remarks>
/// Studies are opened one after another, the next when the one before has no more to start, so at parallelism 1 trials run in order.
/// A permit is counted until the study's next report tells the trials really in flight.
/// </remarks>
[GrainType("nola.experiment")]
[NotOnWorkers]
internal sealed class ExperimentGrain([PersistentState("experiment")] IPersistentState<ExperimentRecord> stored, TimeProvider time)
    : Grain, IExperimentGrain, IExperimentControlGrain
{
    private readonly Dictionary<int, int> permitted = [];
    private ImmutableArray<StudySpec> studies = [];
    private int slots = 1;
    private string? notice;

    private ExperimentRecord Record => stored.State;

    private string Id => this.GetPrimaryKeyString();

    private ISchedulerGrain Scheduler => GrainFactory.GetGrain<ISchedulerGrain>(0);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
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

        var capacity = await Scheduler.GetCapacity(spec.Needs);
        if (capacity.Refusal is { } refusal)
            throw new SubmissionRefusedException(refusal);
        Record.Spec = spec;
        Record.State = ExperimentState.Running;
        Record.SubmittedAt = time.GetUtcNow();
        Record.StartedAt = Record.RunningSince = Record.SubmittedAt;
        Load(spec);
        Take(capacity);
        if (spec.TotalBudget.NeedsGrants)
            await GrainFactory.GetGrain<IBudgetGrain>(Id).Open(spec.TotalBudget, spec.Rates, spec.Parallelism ?? Math.Max(1, capacity.Slots));
        await Write();
        await Note();
        await OpenNext();
    }

    public async Task<ExperimentStatus?> GetStatus()
    {
        if (Record.Spec is not { } spec)
            return null;
        var open = Record.State is ExperimentState.Running or ExperimentState.Paused
            ? Record.Summaries.Where(summary => !summary.IsDone).Select(summary => summary.Index).ToArray()
            : [];
        var running = await Task.WhenAll(open.Select(index => Study(index).GetRunning()));
        var balance = spec.TotalBudget.NeedsGrants ? await GrainFactory.GetGrain<IBudgetGrain>(Id).GetBalance() : null;
        var spent = Record.Summaries.Aggregate(Usage.None, (sum, summary) => sum + summary.Usage);
        return new()
        {
            Id = Id,
            State = Record.State,
            SubmittedAt = Record.SubmittedAt,
            StartedAt = Record.StartedAt,
            EndedAt = Record.EndedAt,
            Elapsed = Elapsed(),
            Objective = spec.Objective,
            Studies = [.. studies.Select(Status)],
            Running = [.. running.SelectMany(part => part)],
            Budget = new()
            {
                Caps = spec.TotalBudget,
                Spent = spent,
                GrantedTrainingTime = balance?.Granted.TrainingTime ?? TimeSpan.Zero,
                TrialsStarted = Record.Summaries.Sum(summary => summary.Started),
                Cost = spec.Rates is { } rates ? rates.CostOf(spent.TrainingTime, spent.InferenceTime) + spent.Money : null,
                Currency = spec.Rates?.Currency,
            },
            Notice = Record.State == ExperimentState.Running ? notice : Stopped(),
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
    }

    public async Task Resume()
    {
        if (Record.State != ExperimentState.Paused)
            return;
        Record.RunningSince = time.GetUtcNow();
        Record.State = ExperimentState.Running;
        await Write();
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
        if (index < 0)
            return new(0, true);
        var isNews = summary.IsDone && !Record.Summaries[index].IsDone;
        Record.Summaries[index] = summary;
        permitted.Remove(summary.Index);
        if (summary.IsOutOfBudget)
            Record.StoppedBy ??= "the total budget";
        if (Record.State != ExperimentState.Running)
        {
            if (isNews)
                await Write();
            return new(0, true);
        }

        var free = Free();
        if (!summary.IsExhausted)
        {
            var permits = Record.StoppedBy is null ? free : 0;
            permitted[summary.Index] = permits;
            return new(permits, false);
        }

        if (isNews)
            await Write();
        await GoOn(free);
        return new(0, false);
    }

    public async Task Poke()
    {
        if (Record.Spec is null)
            return;
        // Whatever interrupted an earlier call, the catalog and the studies hear again what they should know.
        await Note();
        if (Record.State != ExperimentState.Running)
            return;
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
        await GoOn(Free());
    }

    private void Load(ExperimentSpec spec) => studies = Matrix.Expand(spec, Id);

    private void Take(Capacity capacity)
    {
        slots = Math.Max(1, capacity.Slots);
        notice = capacity.Devices == 0 ? "No silo of the cluster has offered a device yet; the experiment starts when one does."
            : capacity.Slots == 0 ? capacity.Refusal
            : null;
    }

    // Permits left under the parallelism and the cap on trials.
    private int Free()
    {
        var outstanding = permitted.Values.Sum();
        var free = (Record.Spec!.Parallelism ?? slots) - Record.Summaries.Sum(summary => summary.InFlight) - outstanding;
        if (Record.Spec.TotalBudget.Trials is { } cap)
        {
            var left = cap - Record.Summaries.Sum(summary => summary.Started) - outstanding;
            if (left <= 0 && outstanding == 0)
                Record.StoppedBy ??= string.Create(CultureInfo.InvariantCulture, $"total.trials = {cap}");
            free = (int)Math.Min(free, left);
        }

        return Math.Max(0, free);
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

        var nothingRuns = Record.Summaries.All(summary => summary.InFlight == 0) && permitted.Values.Sum() == 0;
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
            foreach (var summary in await Task.WhenAll(OpenStudies().Select(study => study.EndAll(outcome))))
                Record.Summaries[Record.Summaries.FindIndex(known => known.Index == summary.Index)] = summary;
            await Scheduler.Withdraw(Id);
        }

        Record.Elapsed = Elapsed();
        Record.RunningSince = null;
        Record.EndedAt = time.GetUtcNow();
        Record.State = state;
        await Write();
        await Note();
    }

    private TimeSpan Elapsed() => Record.Elapsed + (Record.RunningSince is { } since ? time.GetUtcNow() - since : TimeSpan.Zero);

    private string? Stopped() => Record.StoppedBy is { } cap ? $"Ended by {cap}; the trials not started are not counted." : null;

    private IStudyGrain Study(int index) => GrainFactory.GetGrain<IStudyGrain>(string.Create(CultureInfo.InvariantCulture, $"{Id}/{index}"));

    private IEnumerable<IStudyGrain> OpenStudies() => Record.Summaries.Where(summary => !summary.IsDone).Select(summary => Study(summary.Index)).ToArray();

    private StudyStatus Status(StudySpec study)
    {
        var summary = Record.Summaries.FirstOrDefault(known => known.Index == study.Index) ?? new() { Index = study.Index };
        return new()
        {
            Index = study.Index,
            Name = study.Name,
            Planned = SamplerFactory.Planned(study.Search) * study.Seeds.Length,
            Counts = summary.Counts,
            Running = summary.InFlight,
            Best = summary.Best,
            BestTrial = summary.BestTrial,
            IsDone = summary.IsDone,
        };
    }

    private Task Note() => GrainFactory.GetGrain<ICatalogGrain>(0).Note(new(Id, Record.State, Record.SubmittedAt, Record.EndedAt));

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
