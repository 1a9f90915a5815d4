using System.Globalization;
using Nola.Core.Devices;
using Nola.Core.Trials;
using Nola.Grains.Budgets;
using Nola.Grains.Placement;
using Nola.Grains.Scheduling;
using Nola.Grains.Studies;
using Orleans.Placement;

namespace Nola.Grains.Trials;

/// <summary>Fences the attempts of one trial; see <see cref="ITrialGrain"/>.</summary>
/// <remarks>
/// The study's record is the one place where a trial ends. This grain stores who may report until then, and clears its state afterwards;
/// a trial without state has ended, so whatever arrives late is told to stop.
/// </remarks>
[GrainType("nola.trial")]
[NotOnControl]
[PreferLocalPlacement]
internal sealed class TrialGrain([PersistentState("trial")] IPersistentState<TrialState> stored, TimeProvider time) : Grain, ITrialGrain
{
    private static readonly Directive Abandon = new(DirectiveAction.Abandon);
    private TrialProgress? progress;
    private long toldAt = time.GetTimestamp();

    private TrialState State => stored.State;

    private TrialId Id => TrialId.Parse(this.GetPrimaryKeyString());

    private IStudyGrain Study => GrainFactory.GetGrain<IStudyGrain>(string.Create(CultureInfo.InvariantCulture, $"{Id.Experiment}/{Id.Study}"));

    private IBudgetGrain Budget => GrainFactory.GetGrain<IBudgetGrain>(Id.Experiment);

    public async Task<StartAnswer> Start(Lease lease, TrialWork work)
    {
        if (lease.Epoch < State.Epoch)
            return new(false, Allowance.Unbounded);
        if (lease.Epoch > State.Epoch)
        {
            if (work.NeedsGrants)
                await Budget.Forfeit(Id, atMost: null);
            if (State.IsRunning)
            {
                State.Lost++;
                State.LastLoss = null;
            }

            if (State.Epoch == 0)
                State.StartedAt = time.GetUtcNow();
            State.EarlierUsage += State.Told;
            Told(Usage.None);
            State.Epoch = lease.Epoch;
            State.Place = $"{lease.Silo} {lease.Device}";
            State.IsRunning = true;
            State.Attempts++;
            progress = null;
            await Write();
        }

        if (State.Lost > work.Retries.LostAttempts)
        {
            await End(work, new RunResult
            {
                Outcome = new Failed(string.Create(CultureInfo.InvariantCulture, $"lost {State.Lost} times; the last time: {State.LastLoss ?? "the silo under it went away"}")),
                Best = State.Best,
            });
            return new(false, Allowance.Unbounded);
        }

        if (!work.NeedsGrants)
            return new(true, Allowance.Unbounded);
        var allowance = await Budget.Grant(Id, Usage.None, Usage.None);
        if (allowance is not null)
            return new(true, allowance);
        if (State.Attempts <= 1 && State.EarlierUsage == Usage.None)
        {
            await Study.NotStarted(Id.Number);
            await Clear();
            return new(false, Allowance.Unbounded);
        }

        await End(work, new RunResult { Outcome = new OutOfBudget("total budget"), Best = State.Best, Objective = State.Best?.Metrics.GetValueOrDefault(work.Spec.Objective.Metric) });
        return new(false, Allowance.Unbounded);
    }

    public async Task<Directive> Report(long epoch, TrialWork work, Measurement measurement)
    {
        if (epoch != State.Epoch || !State.IsRunning)
            return Abandon;
        var objective = work.Spec.Objective;
        if (measurement.Metrics.TryGetValue(objective.Metric, out var value)
            && (State.Best is null || objective.IsBetter(value, State.Best.Metrics.GetValueOrDefault(objective.Metric, double.NaN))))
            State.Best = measurement;
        State.Measurements = Curve.Add(State.Measurements, measurement);
        await Write();
        return work.HasPruner ? new(await Study.Measured(Id.Number, measurement)) : Directive.Continue;
    }

    public async Task<Directive> Progress(long epoch, TrialWork work, TrialProgress now)
    {
        if (epoch != State.Epoch || !State.IsRunning)
            return Abandon;
        progress = now;
        Told(now.Spent);
        return work.NeedsGrants ? new(DirectiveAction.Continue, await Budget.Grant(Id, now.Spent, now.Ahead)) : Directive.Continue;
    }

    public async Task<bool> Finish(Lease lease, TrialWork work, RunResult result)
    {
        if (lease.Epoch != State.Epoch || !State.IsRunning)
        {
            if (State.Epoch == 0)
                DeactivateOnIdle();
            return true;
        }

        if (result.Outcome is Failed && State.OwnFailures < work.Retries.OwnFailures)
        {
            if (work.NeedsGrants)
                await Budget.Settle(Id, result.Usage, wasStopped: false);
            State.OwnFailures++;
            State.IsRunning = false;
            State.EarlierUsage += result.Usage;
            Told(Usage.None);
            await Write();
            return false;
        }

        await End(work, result);
        return true;
    }

    public async Task GiveUp(long epoch, TrialWork work, Usage used)
    {
        if (epoch != State.Epoch || !State.IsRunning)
            return;
        if (work.NeedsGrants)
            await Budget.Settle(Id, used, wasStopped: false);
        State.Attempts--;
        await Leave(used);
    }

    public async Task Lose(long epoch, TrialWork work, string why, Usage told, Usage atMost)
    {
        if (epoch != State.Epoch || !State.IsRunning)
            return;
        if (work.NeedsGrants)
            await Budget.Forfeit(Id, atMost);
        State.Lost++;
        State.LastLoss = why;
        await Leave(told);
    }

    public Task<TrialGlimpse> Describe() => Task.FromResult(new TrialGlimpse
    {
        Attempts = Math.Max(State.Attempts, 1),
        Place = State.IsRunning ? State.Place : "",
        Progress = State.IsRunning ? progress : null,
        Best = State.Best,
        Measurements = State.Measurements,
        Usage = State.EarlierUsage + State.Told,
    });

    public async Task Forget(bool hasGrant)
    {
        // The attempt is still stopping; it may have used all the time since it told.
        if (hasGrant && State.IsRunning)
            await Budget.Forfeit(Id, State.Told + new Usage { TrainingTime = time.GetElapsedTime(toldAt) });
        await Clear();
    }

    private void Told(Usage spent)
    {
        State.Told = spent;
        toldAt = time.GetTimestamp();
    }

    private Task Leave(Usage used)
    {
        State.IsRunning = false;
        State.EarlierUsage += used;
        Told(Usage.None);
        return Write();
    }

    private async Task End(TrialWork work, RunResult result)
    {
        if (work.NeedsGrants)
            await Budget.Settle(Id, result.Usage, result.Outcome is OutOfBudget { Cap: var cap } && cap.StartsWith("total", StringComparison.Ordinal));
        await Study.Finish(new TrialRecord
        {
            Id = Id,
            Seed = work.Spec.Seed,
            Parameters = work.Spec.Parameters,
            Result = result,
            Measurements = State.Measurements,
            Attempts = State.Attempts,
            TotalUsage = State.EarlierUsage + result.Usage,
            Place = State.Place,
            StartedAt = State.StartedAt,
            EndedAt = time.GetUtcNow(),
        });
        await Clear();
    }

    // What could not be stored must not stay in memory either: the call is repeated and reads the store again.
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

    private async Task Clear()
    {
        if (stored.RecordExists)
            await stored.ClearStateAsync();
        DeactivateOnIdle();
    }
}
