using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Experiments;
using Nola.Grains.Placement;
using Nola.Grains.Scheduling;
using Nola.Grains.Trials;
using Nola.Search;
using Nola.Search.Samplers;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Nola.Grains.Studies;

/// <summary>Plans trials and takes their results; see <see cref="IStudyGrain"/>.</summary>
/// <remarks>
/// Results that arrive while a write is under way share the next one, and nothing is acknowledged before it is stored. A page of finished trials
/// is written before the state that counts them; after a crash in between they are counted on activation. Any failed write ends the activation:
/// the next one starts from what is stored, and whoever was not acknowledged tries again.
/// </remarks>
[GrainType("nola.study")]
[NotOnWorkers]
[Reentrant]
internal sealed class StudyGrain : Grain, IStudyGrain
{
    private readonly IPersistentState<StudyState> stored;
    private readonly TimeProvider time;
    private readonly ILogger<StudyGrain> logger;
    private readonly StudyPages pages;
    private readonly HashSet<int> ending = [];
    private List<TrialRecord> arrived = [];
    private ISampler? sampler;
    private Task? current;
    private Task? following;
    private IDisposable? timer;
    private bool isBroken;
    private bool isWorking;
    private bool isAskedAgain;
    private bool isPaused = true;

    public StudyGrain(
        [PersistentState("study")] IPersistentState<StudyState> stored, IGrainContext context, IServiceProvider services, TimeProvider time, ILogger<StudyGrain> logger)
    {
        this.stored = stored;
        this.time = time;
        this.logger = logger;
        pages = new(services.GetService<IGrainStorage>() ?? services.GetRequiredKeyedService<IGrainStorage>("Default"), context.GrainId);
    }

    private StudyState State => stored.State;

    private StudySpec Spec => State.Spec ?? throw new InvalidOperationException($"Study {this.GetPrimaryKeyString()} was not opened.");

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
            await Commit();
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
        if (IsInFlight(record.Id.Number) && ending.Add(record.Id.Number))
            arrived.Add(record);
        // A record that is there already may be on its way to the store only.
        if (arrived.Count > 0 || current is { IsCompleted: false })
            await Commit();
        Kick();
    }

    public async Task NotStarted(int number)
    {
        ThrowIfBroken();
        if (!ending.Contains(number))
            State.InFlight.RemoveAll(trial => trial.Number == number);
        State.IsExhausted = State.IsOutOfBudget = true;
        await Commit();
        Kick();
    }

    public async Task<StudySummary> EndAll(Outcome outcome)
    {
        ThrowIfBroken();
        State.IsExhausted = true;
        var ended = new List<TrialId>();
        foreach (var trial in State.InFlight.Where(trial => !ending.Contains(trial.Number)).ToArray())
        {
            var work = Work(trial);
            var grain = GrainFactory.GetGrain<ITrialGrain>(work.Spec.Id.ToString());
            var glimpse = await grain.Describe();
            if (!IsInFlight(trial.Number) || !ending.Add(trial.Number))
                continue;
            ended.Add(work.Spec.Id);
            arrived.Add(new()
            {
                Id = work.Spec.Id,
                Seed = work.Spec.Seed,
                Parameters = work.Spec.Parameters,
                Result = new() { Outcome = outcome, Best = glimpse.Best, Objective = glimpse.Best?.Metrics.GetValueOrDefault(Spec.Objective.Metric) },
                Attempts = glimpse.Attempts,
                TotalUsage = glimpse.Usage,
                Place = glimpse.Place,
                StartedAt = trial.PlannedAt,
                EndedAt = time.GetUtcNow(),
            });
        }

        await Commit();
        await Task.WhenAll(ended.Select(id => GrainFactory.GetGrain<ITrialGrain>(id.ToString()).Forget()));
        return Summary();
    }

    public Task SetPaused(bool paused)
    {
        isPaused = paused;
        if (!paused)
            Kick();
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<TrialRecord>> GetTrials(int skip, int take) => pages.List(skip, take);

    public async Task<ImmutableArray<RunningTrial>> GetRunning()
    {
        if (State.Spec is null)
            return [];
        var running = await Task.WhenAll(State.InFlight.Take(256).ToArray().Select(async trial =>
        {
            var id = new TrialId(Spec.Experiment, Spec.Index, trial.Number);
            var glimpse = await GrainFactory.GetGrain<ITrialGrain>(id.ToString()).Describe();
            return new RunningTrial
            {
                Id = id,
                Study = Spec.Name,
                Place = glimpse.Place,
                Attempt = Math.Max(1, glimpse.Attempts),
                Progress = glimpse.Progress,
                Best = glimpse.Best?.Metrics.TryGetValue(Spec.Objective.Metric, out var best) == true ? best : null,
            };
        }));
        return [.. running];
    }

    private async Task Load()
    {
        sampler = SamplerFactory.Create(Spec.Search);
        await pages.Open(State.Finished);
        // Stored, but not counted before the crash.
        foreach (var record in await pages.List(State.Finished, int.MaxValue))
            Count(record, tellSampler: false);
        var replay = new Dictionary<int, OpenSuggestion>();
        for (long skip = 0; skip < pages.Count && !IsForgetful(sampler); skip += 1024)
        {
            foreach (var record in await pages.List(skip, 1024))
                Tell(record, replay);
        }

        State.Suggestions = [.. State.Suggestions.Select(open => replay.TryGetValue(open.Number, out var told) ? told : open)];
        timer = this.RegisterGrainTimer(Ensure, new GrainTimerCreationOptions(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)) { Interleave = true, KeepAlive = !IsDone });
    }

    private bool IsDone => State.IsExhausted && State.InFlight.Count == 0;

    // These two learn nothing, so there is nothing to rebuild.
    private static bool IsForgetful(ISampler sampler) => sampler is RandomSampler or GridSampler;

    private bool IsInFlight(int number) => State.InFlight.Any(trial => trial.Number == number);

    private void ThrowIfBroken()
    {
        if (isBroken || State.Spec is null)
            throw new InvalidOperationException($"Study {this.GetPrimaryKeyString()} cannot take this now; try again.");
    }

    // One write runs; the next takes all that has arrived until it starts.
    private Task Commit() => following ??= CommitNext();

    private async Task CommitNext()
    {
        if (current is not null)
            await current.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        // `following` must be assigned by now, also when nothing had to be waited for.
        await Task.Yield();
        current = following;
        following = null;
        ThrowIfBroken();
        var batch = arrived;
        arrived = [];
        try
        {
            if (batch.Count > 0)
                await pages.Append(batch);
            foreach (var record in batch)
                Count(record, tellSampler: true);
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

    private void Count(TrialRecord record, bool tellSampler)
    {
        State.InFlight.RemoveAll(trial => trial.Number == record.Id.Number);
        ending.Remove(record.Id.Number);
        State.Finished++;
        State.Counts = State.Counts.Add(record.Result.Outcome);
        State.Usage += record.TotalUsage;
        if (record.Result.Objective is { } value && record.Result.Outcome is Completed or OutOfBudget
            && (State.Best is not { } best || Spec.Objective.IsBetter(record.Result.Objective!.Value, best)))
        {
            State.Best = record.Result.Objective;
            State.BestTrial = record.Id.Number;
        }

        // A trial that the total budget stopped is the last of its study.
        if (record.Result.Outcome is OutOfBudget { Cap: var cap } && cap.StartsWith("total", StringComparison.Ordinal))
            State.IsExhausted = State.IsOutOfBudget = true;
        if (!tellSampler)
            return;
        var suggestions = State.Suggestions.ToDictionary(open => open.Number);
        Tell(record, suggestions);
        State.Suggestions = [.. suggestions.Values.OrderBy(open => open.Number)];
    }

    // A sampler hears the mean over a suggestion's seeds when all have ended, so that smaller is better.
    private void Tell(TrialRecord record, Dictionary<int, OpenSuggestion> open)
    {
        var number = record.Id.Number / Spec.Seeds.Length;
        var suggestion = open.TryGetValue(number, out var known) ? known : new(number, record.Parameters);
        var value = record.Result.Outcome is Completed or OutOfBudget ? record.Result.Objective : null;
        var sign = Spec.Objective.Direction == Direction.Maximize ? -1 : 1;
        suggestion = suggestion with
        {
            Ended = suggestion.Ended + 1,
            Succeeded = suggestion.Succeeded + (value is null ? 0 : 1),
            Sum = suggestion.Sum + sign * (value ?? 0),
        };
        open[number] = suggestion;
        if (suggestion.Ended < Spec.Seeds.Length)
            return;
        open.Remove(number);
        sampler!.Update(new(
            number,
            suggestion.Parameters,
            suggestion.Succeeded > 0 ? suggestion.Sum / suggestion.Succeeded : null,
            suggestion.Succeeded > 0 ? ObservationState.Completed : record.Result.Outcome is Pruned ? ObservationState.Pruned : ObservationState.Failed,
            record.Result.Best?.Step ?? 0));
    }

    private StudySummary Summary() => new()
    {
        Index = Spec.Index,
        Counts = State.Counts,
        InFlight = State.InFlight.Count,
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

    // Asks for permits and starts as many trials, until there are none to be had.
    private async Task RunWork()
    {
        isWorking = true;
        try
        {
            while (isAskedAgain && !isBroken)
            {
                isAskedAgain = false;
                var answer = await Experiment.Report(Summary());
                isPaused = answer.IsPaused;
                if (answer.Permits <= 0 || State.IsExhausted)
                    continue;
                var planned = Plan(answer.Permits);
                await Commit();
                isAskedAgain = true;
                if (planned.Length > 0)
                    await GrainFactory.GetGrain<ISchedulerGrain>(0).Request([.. planned.Select(Work)]);
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

    private ImmutableArray<InFlightTrial> Plan(int permits)
    {
        var planned = ImmutableArray.CreateBuilder<InFlightTrial>();
        while (planned.Count < permits && !State.IsExhausted)
        {
            var number = State.Next / Spec.Seeds.Length;
            if (State.Next % Spec.Seeds.Length == 0)
            {
                var parameters = sampler!.Suggest(number, [.. State.Suggestions.Select(open => new PendingSuggestion(open.Number, open.Parameters))]);
                if (parameters is null)
                {
                    State.IsExhausted = true;
                    break;
                }

                State.Suggestions.Add(new(number, parameters));
            }

            var trial = new InFlightTrial(State.Next++, time.GetUtcNow());
            State.InFlight.Add(trial);
            planned.Add(trial);
            // Known at once where it can be, so that the next study may begin in the slots that become free.
            if (SamplerFactory.Planned(Spec.Search) is { } all && State.Next >= all * Spec.Seeds.Length)
                State.IsExhausted = true;
        }

        return planned.ToImmutable();
    }

    private TrialWork Work(InFlightTrial trial)
    {
        var suggestion = State.Suggestions.First(open => open.Number == trial.Number / Spec.Seeds.Length);
        return new()
        {
            Spec = Matrix.Trial(Spec, trial.Number, Spec.Seeds[trial.Number % Spec.Seeds.Length], suggestion.Parameters),
            Needs = Spec.Needs,
            Retries = Spec.Retries,
            Priority = Spec.Priority,
            NeedsGrants = State.NeedsGrants,
            PlannedAt = trial.PlannedAt,
        };
    }

    // The scheduler's memory is soft: what is in flight here is asked for again and again until it has ended.
    private async Task Ensure()
    {
        if (IsDone)
            timer?.Dispose();
        if (isBroken || IsDone)
            return;
        if (!isPaused && State.InFlight.Count > 0)
        {
            if (following is not null)
                await following;
            await GrainFactory.GetGrain<ISchedulerGrain>(0).Request([.. State.InFlight.Where(trial => !ending.Contains(trial.Number)).Select(Work)]);
        }

        Kick();
    }
}
