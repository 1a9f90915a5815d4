using Nola.Core.Budgets;
using Nola.Core.Trials;
using Nola.Grains.Placement;

namespace Nola.Grains.Budgets;

/// <summary>Grants in slices; see <see cref="IBudgetGrain"/> and <see cref="BudgetLedger"/>.</summary>
[GrainType("nola.budget")]
[NotOnWorkers]
internal sealed class BudgetGrain([PersistentState("budget")] IPersistentState<BudgetState> stored) : Grain, IBudgetGrain
{
    private BudgetLedger Ledger => new(stored.State);

    public async Task Open(TotalBudget caps, RateCard? rates, int parallelism)
    {
        if (stored.State.IsOpen)
            return;
        stored.State.IsOpen = true;
        stored.State.Caps = caps;
        stored.State.Rates = rates;
        stored.State.Parallelism = parallelism;
        await Write();
    }

    public async Task<Allowance?> Grant(TrialId trial, Usage spent, Usage ahead)
    {
        var (allowance, hasChanged) = Ledger.Grant(trial.ToString(), spent, ahead);
        if (hasChanged)
            await Write();
        return allowance;
    }

    public async Task Settle(TrialId trial, Usage used, bool wasStopped)
    {
        if (Ledger.Settle(trial.ToString(), used, wasStopped))
            await Write();
    }

    public async Task Forfeit(TrialId trial, Usage? atMost)
    {
        if (Ledger.Forfeit(trial.ToString(), atMost))
            await Write();
    }

    public async Task Close()
    {
        if (Ledger.Close())
            await Write();
    }

    public Task<Balance> GetBalance() => Task.FromResult(new Balance(Ledger.TotalGranted, stored.State.Spent));

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
