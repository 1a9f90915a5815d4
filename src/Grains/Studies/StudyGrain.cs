using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Grains.Experiments;
using Nola.Grains.Hosting;
using Nola.Grains.Placement;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;
using Nola.Search;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Nola.Grains.Studies;

/// <summary>Plans trials and takes their results; see <see cref="IStudyGrain"/>.</summary>
/// <remarks>
/// Nothing is acknowledged before it is stored. A page of finished trials is written before the state that counts them; after a crash in between
/// they are counted on activation. Any failed write ends the activation: the next one starts from what is stored, and whoever was not
/// acknowledged tries again.
/// </remarks>
[GrainType("nola.study")]
[NotOnWorkers]
[Reentrant]
internal sealed class StudyGrain : Grain, IStudyGrain
{
    private readonly IPersistentState<StudyState> stored;
    private readonly TimeProvider time;
    private readonly ILogger<StudyGrain> logger;
    private readonly Func<StudySpec, IPruner?> createPruner;
    private readonly StudyPages pages;
    private readonly GroupCommit writes;
    private readonly HashSet<int> ending = [];
    private List<TrialRecord> arrived = [];
    private StudySearch? search;
    private Task requests = Task.CompletedTask;
    private IDisposable? timer;
    private bool isBroken;
    private bool isWorking;
    private bool isAskedAgain;
    private bool isPaused = true;
    private bool mustAskAgain = true;
    private int pauses;

    public StudyGrain(
        [PersistentState("study")] IPersistentState<StudyState> stored,
        IGrainContext context,
        IServiceProvider services,
        IOptions<NolaGrainsOptions> options,
        TimeProvider time,
        ILogger<StudyGrain> logger)
    {
        this.stored = stored;
        this.time = time;
        this.logger = logger;
        createPruner = options.Value.CreatePruner;
        pages = new(services.GetService<IGrainStorage>() ?? services.GetRequiredKeyedService<IGrainStorage>("Default"), context.GrainId);
        writes = new(Write);
    }

    private StudyState State => stored.State;

    private StudySpec Spec => State.Spec ?? throw new InvalidOperationException($"Study {this.GetPrimaryKeyString()} was not opened.");

    private StudySearch Search => search ?? throw new InvalidOperationException($"Study {this.GetPrimaryKeyString()} was not opened.");

    private bool IsDone => State.IsExhausted && State.InFlight.Count == 0 && State.Paused.Count == 0;

    private IExperimentControlGrain Experiment => GrainFactory.GetGrain<IExperimentControlGrain>(Spec.Experiment);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State.Spec is null)
            return;
        await Load();
        Kick();
    }

    public async Task Open(StudySpec spec, bool needsGrants)
    {
        if (State.Spec is null)
        {
            State.Spec = spec;
            State.NeedsGrants = needsGrants;
            await Load();
            await writes.Commit();
        }

        Kick();
    }

    public Task Poke()
    {
        if (State.Spec is not null)
            Kick();
        return Task.CompletedTask;
    }

    public async Task Finish(TrialRecord record)
    {
        ThrowIfBroken();
        Take(record);
        // A record that is there already may be on its way to the store only.
        if (arrived.Count > 0 || writes.IsWriting)
            await writes.Commit();
        Kick();
    }

    public async Task<DirectiveAction> Measured(int number, Measurement measurement)
    {
        ThrowIfBroken();
        if (ending.Contains(number))
            return DirectiveAction.Abandon;
        if (IsPaused(number))
            return DirectiveAction.Pause;
        if (!IsInFlight(number))
            return DirectiveAction.Abandon;
        return Search.Hear(number, measurement) switch
        {
            PruneDecision.Prune => DirectiveAction.Prune,
            PruneDecision.Pause when await TryPause(number) => DirectiveAction.Pause,
            _ => DirectiveAction.Continue,
        };
    }

    // False when the trial itself is the best use of the slot that it would give up.
    private async Task<bool> TryPause(int number)
    {
        if (Search.Promotable(also: number).FirstOrDefault(-1) == number)
        {
            Search.GoOn(number);
            return false;
        }

        State.Paused.Add(State.InFlight.Single(trial => trial.Number == number));
        State.InFlight.RemoveAll(trial => trial.Number == number);
        await writes.Commit();
        Kick();
        return true;
    }

    public async Task NotStarted(int number)
    {
        ThrowIfBroken();
        if (!ending.Contains(number))
            State.InFlight.RemoveAll(trial => trial.Number == number);
        State.IsExhausted = State.IsOutOfBudget = true;
        await writes.Commit();
        Kick();
    }

    public async Task<StudySummary> EndAll(Outcome outcome)
    {
        ThrowIfBroken();
        await SetPaused(true);
        State.IsExhausted = true;
        await EndAll([.. State.InFlight, .. State.Paused], _ => outcome);
        return Summary();
    }

    private async Task EndAll(InFlightTrial[] trials, Func<TrialGlimpse, Outcome> outcome)
    {
        var ended = new List<ITrialGrain>();
        foreach (var trial in trials.Where(trial => !ending.Contains(trial.Number)))
        {
            var grain = GrainFactory.GetGrain<ITrialGrain>(IdOf(trial).ToString());
            var glimpse = await grain.Describe();
            if (Take(Ended(trial, outcome(glimpse), glimpse)))
                ended.Add(grain);
        }

        await writes.Commit();
        await Task.WhenAll(ended.Select(grain => grain.Forget(State.NeedsGrants)));
    }

    public async Task SetPaused(bool paused)
    {
        pauses++;
        isPaused = paused;
        mustAskAgain = true;
        if (paused)
            await requests.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        else
            Kick();
    }

    public Task<ImmutableArray<TrialRecord>> GetTrials(int skip, int take) => pages.List(skip, take);

    public async Task<ImmutableArray<RunningTrial>> GetRunning()
    {
        if (State.Spec is null)
            return [];
        var running = await Task.WhenAll(State.InFlight.Concat(State.Paused).Take(256).ToArray().Select(async trial =>
        {
            // It may end while it describes itself, and then they are gone.
            var (parameters, isPaused) = (Search.ParametersOf(trial), IsPaused(trial.Number));
            var glimpse = await GrainFactory.GetGrain<ITrialGrain>(IdOf(trial).ToString()).Describe();
            return new RunningTrial
            {
                Id = IdOf(trial),
                Study = Spec.Name,
                Parameters = parameters,
                Seed = Search.SeedOf(trial),
                PlannedAt = trial.PlannedAt,
                Place = isPaused ? "" : glimpse.Place,
                IsPaused = isPaused,
                Attempt = Math.Max(1, glimpse.Attempts),
                Progress = glimpse.Progress,
                Spent = glimpse.Usage,
                Best = glimpse.Best?.Metrics.TryGetValue(Spec.Objective.Metric, out var best) == true ? best : null,
            };
        }));
        return [.. running];
    }

    private async Task Load()
    {
        search = new(Spec, State, createPruner(Spec));
        if (search.Learns)
            await EarlierTrials.Tell(search, Spec, GrainFactory);
        await pages.Open(State.Finished);
        if (Search.Learns)
        {
            var partial = new Dictionary<int, OpenSuggestion>();
            for (long told = 0; told < State.Finished; told += StudyPage.Size)
            {
                foreach (var record in await pages.List(told, (int)Math.Min(StudyPage.Size, State.Finished - told)))
                    Search.TellAgain(record, partial);
            }
        }

        // Stored, but not counted before the crash.
        foreach (var record in await pages.List(State.Finished, int.MaxValue))
            Count(record);
        if (Search.HasPruner)
        {
            foreach (var trial in State.InFlight.Concat(State.Paused))
            {
                foreach (var measurement in (await GrainFactory.GetGrain<ITrialGrain>(IdOf(trial).ToString()).Describe()).Measurements)
                    Search.Hear(trial.Number, measurement);
            }
        }

        timer = this.RegisterGrainTimer(Ensure, new GrainTimerCreationOptions(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)) { Interleave = true, KeepAlive = !IsDone });
    }

    private bool IsInFlight(int number) => State.InFlight.Any(trial => trial.Number == number);

    private bool IsPaused(int number) => State.Paused.Any(trial => trial.Number == number);

    private TrialId IdOf(InFlightTrial trial) => new(Spec.Experiment, Spec.Index, trial.Number);

    private void ThrowIfBroken()
    {
        if (isBroken || State.Spec is null)
            throw new InvalidOperationException($"Study {this.GetPrimaryKeyString()} cannot take this now; try again.");
    }

    // Whether this is the end of the trial; a second one changes nothing.
    private bool Take(TrialRecord record)
    {
        // A paused trial may come to its end before it hears that it is paused.
        if (!(IsInFlight(record.Id.Number) || IsPaused(record.Id.Number)) || !ending.Add(record.Id.Number))
            return false;
        arrived.Add(record);
        return true;
    }

    private async Task Write()
    {
        ThrowIfBroken();
        var batch = arrived;
        arrived = [];
        try
        {
            if (batch.Count > 0)
                await pages.Append(batch);
            foreach (var record in batch)
                Count(record);
            await stored.WriteStateAsync();
            foreach (var record in batch)
                StudyInstruments.TrialEnded(Spec, record);
        }
        catch (Exception exception)
        {
            isBroken = true;
            logger.WriteFailed(exception, this.GetPrimaryKeyString());
            DeactivateOnIdle();
            throw;
        }
    }

    private void Count(TrialRecord record)
    {
        State.Count(record);
        ending.Remove(record.Id.Number);
        Search.Tell(record);
    }

    // The end of a trial that its runner does not tell.
    private TrialRecord Ended(InFlightTrial trial, Outcome outcome, TrialGlimpse glimpse) => new()
    {
        Id = IdOf(trial),
        Seed = Search.SeedOf(trial),
        Parameters = Search.ParametersOf(trial),
        Result = new() { Outcome = outcome, Best = glimpse.Best, Objective = glimpse.Best?.Metrics.TryGetValue(Spec.Objective.Metric, out var best) == true ? best : null },
        Measurements = glimpse.Measurements,
        Attempts = glimpse.Attempts,
        TotalUsage = glimpse.Usage,
        Place = glimpse.Place,
        StartedAt = trial.PlannedAt,
        EndedAt = time.GetUtcNow(),
    };

    private StudySummary Summary() => new()
    {
        Index = Spec.Index,
        Counts = State.Counts,
        InFlight = State.InFlight.Count,
        Paused = State.Paused.Count,
        Promotable = Search.Promotable().Count(),
        IsExhausted = State.IsExhausted,
        IsOutOfBudget = State.IsOutOfBudget,
        Best = State.Best,
        BestTrial = State.BestTrial,
        Usage = State.Usage,
    };

    private void Kick()
    {
        isAskedAgain = true;
        if (!isWorking)
            RunWork().Ignore();
    }

    // Asks for permits and starts, or goes on with, as many trials, until there are none to be had. After a crash or a pause it first asks again for those in flight.
    private async Task RunWork()
    {
        isWorking = true;
        try
        {
            while (isAskedAgain && !isBroken)
            {
                isAskedAgain = false;
                var known = pauses;
                var answer = await Experiment.Report(Summary());
                // A pause that came meanwhile is newer than the answer.
                if (known == pauses)
                    isPaused = answer.IsPaused;
                if (mustAskAgain && !isPaused)
                {
                    mustAskAgain = false;
                    await AskForAllInFlight();
                }

                if (isPaused)
                    continue;
                if (State is { InFlight.Count: 0, Paused.Count: > 0 } && (State.IsExhausted || answer.IsLast) && !Search.Promotable().Any())
                {
                    await EndPaused();
                    continue;
                }

                if (answer.Permits <= 0)
                    continue;
                var begun = Promote(answer.Permits);
                begun.AddRange(Plan(Math.Min(answer.Permits - begun.Count, answer.Starts)));
                await writes.Commit();
                isAskedAgain = true;
                await RequestLeases(begun);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The timer goes on from here.
            logger.WorkInterrupted(exception, this.GetPrimaryKeyString());
        }
        finally
        {
            isWorking = false;
        }
    }

    // What a trial measured last may have paused it at its very end, which it is about to tell; the timer looks again.
    private async Task EndPaused()
    {
        var leases = await GrainFactory.GetGrain<ISchedulerGrain>(0).GetLeases(Spec.Experiment);
        if (leases.Any(lease => lease.Trial.Study == Spec.Index && IsPaused(lease.Trial.Number)))
            return;
        isAskedAgain = true;
        await EndAll([.. State.Paused], glimpse => new Pruned(glimpse.Measurements.LastOrDefault()?.Step ?? 0));
    }

    private List<InFlightTrial> Promote(int permits)
    {
        var numbers = Search.Promotable().Take(permits).ToHashSet();
        var promoted = State.Paused.Where(trial => numbers.Contains(trial.Number)).ToList();
        foreach (var trial in promoted)
        {
            State.Paused.Remove(trial);
            State.InFlight.Add(trial);
            Search.GoOn(trial.Number);
        }

        return promoted;
    }

    private List<InFlightTrial> Plan(int permits)
    {
        var planned = new List<InFlightTrial>();
        while (planned.Count < permits && !State.IsExhausted && Search.Next(time.GetUtcNow()) is { } trial)
            planned.Add(trial);
        return planned;
    }

    private async Task RequestLeases(IEnumerable<InFlightTrial> trials)
    {
        var work = ImmutableArray.CreateBuilder<TrialWork>();
        foreach (var trial in trials.Where(trial => IsInFlight(trial.Number) && !ending.Contains(trial.Number)))
        {
            var parameters = Search.ParametersOf(trial);
            try
            {
                work.Add(Work(trial, parameters));
            }
            catch (Exception unfit) when (unfit is ArgumentException or InvalidOperationException)
            {
                // A parameter that the method does not take is the trial's own failure.
                Take(Ended(trial, new Failed(unfit.Message), new() { Attempts = 0 }));
            }
        }

        if (arrived.Count > 0)
            await writes.Commit();
        if (isPaused || work.Count == 0)
            return;
        var request = GrainFactory.GetGrain<ISchedulerGrain>(0).Request(work.ToImmutable());
        requests = requests.IsCompleted ? request : Task.WhenAll(requests, request);
        await request;
    }

    private TrialWork Work(InFlightTrial trial, ImmutableSortedDictionary<string, ParameterValue> parameters) => new()
    {
        Spec = Matrix.Trial(Spec, trial.Number, Search.SeedOf(trial), parameters),
        Needs = Spec.NeedsOfATrial(),
        Retries = Spec.Retries,
        Priority = Spec.Priority,
        NeedsGrants = State.NeedsGrants,
        HasPruner = Search.HasPruner,
        PlannedAt = trial.PlannedAt,
    };

    // The scheduler's memory is soft: what is in flight here is asked for again and again until it has ended.
    private async Task Ensure()
    {
        if (IsDone)
            timer?.Dispose();
        if (isBroken || IsDone)
            return;
        await AskForAllInFlight();
        Kick();
    }

    private async Task AskForAllInFlight()
    {
        if (isPaused || State.InFlight.Count == 0)
            return;
        await writes.Pending;
        await RequestLeases(State.InFlight.ToArray());
    }
}
