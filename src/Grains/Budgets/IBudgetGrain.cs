using Nola.Core.Budgets;
using Nola.Core.Trials;

namespace Nola.Grains.Budgets;

/// <summary>Caps and grants of one experiment; its key is the experiment's id. Each answer is stored before it is given.</summary>
[Alias("nola.IBudgetGrain")]
public interface IBudgetGrain : IGrainWithStringKey
{
    /// <summary>Sets the caps; the first call counts.</summary>
    [Alias("Open"), ResponseTimeout("00:00:20")]
    Task Open(TotalBudget caps, RateCard? rates, int parallelism);

    /// <summary>
    /// The running attempt's allowance, raised by a slice when what is <paramref name="spent"/> and <paramref name="ahead"/> comes near it;
    /// null when a new attempt asks and nothing is left.
    /// </summary>
    [Alias("Grant"), ResponseTimeout("00:00:20")]
    Task<Allowance?> Grant(TrialId trial, Usage spent, Usage ahead);

    /// <summary>
    /// The attempt ended and used this much; what was granted and not used is free again. When the total budget stopped it, no new attempt is granted anything.
    /// </summary>
    [Alias("Settle"), ResponseTimeout("00:00:20")]
    Task Settle(TrialId trial, Usage used, bool wasStopped);

    /// <summary>
    /// An attempt was lost: all that it was granted counts as spent, or what it has used <paramref name="atMost"/> where its silo can tell.
    /// </summary>
    [Alias("Forfeit"), ResponseTimeout("00:00:20")]
    Task Forfeit(TrialId trial, Usage? atMost);

    /// <summary>The experiment has ended: what is still granted counts as spent, and nothing more is granted.</summary>
    [Alias("Close"), ResponseTimeout("00:00:20")]
    Task Close();

    /// <summary>Training time granted and not settled, and spent.</summary>
    [Alias("GetBalance"), ResponseTimeout("00:00:10")]
    Task<Balance> GetBalance();
}

/// <summary>Where a budget stands.</summary>
/// <param name="Granted">Granted to running attempts.</param>
/// <param name="Spent">Settled and forfeited.</param>
[GenerateSerializer]
[Alias("nola.Balance")]
public sealed record Balance([property: Id(0)] Amount Granted, [property: Id(1)] Amount Spent);

/// <summary>An amount of everything that a total budget caps.</summary>
/// <param name="TrainingTime">Training time.</param>
/// <param name="Money">Money, device time by the rate card included.</param>
/// <param name="Tokens">LLM tokens.</param>
/// <param name="Requests">LLM calls.</param>
[GenerateSerializer]
[Alias("nola.Amount")]
public sealed record Amount(
    [property: Id(0)] TimeSpan TrainingTime, [property: Id(1)] decimal Money, [property: Id(2)] long Tokens, [property: Id(3)] long Requests)
{
    public static Amount Zero { get; } = new(TimeSpan.Zero, 0, 0, 0);

    public static Amount operator +(Amount a, Amount b) => new(a.TrainingTime + b.TrainingTime, a.Money + b.Money, a.Tokens + b.Tokens, a.Requests + b.Requests);

    public static Amount operator -(Amount a, Amount b) => new(a.TrainingTime - b.TrainingTime, a.Money - b.Money, a.Tokens - b.Tokens, a.Requests - b.Requests);

    /// <summary>Member-wise smaller.</summary>
    public static Amount Min(Amount a, Amount b) => new(
        a.TrainingTime < b.TrainingTime ? a.TrainingTime : b.TrainingTime, Math.Min(a.Money, b.Money), Math.Min(a.Tokens, b.Tokens), Math.Min(a.Requests, b.Requests));
}
