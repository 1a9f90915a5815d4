using Nola.Core.Budgets;

namespace Nola.Grains.Budgets;

/// <summary>What a budget stores.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.BudgetState")]
public sealed class BudgetState
{
    public int Schema { get; set; } = 1;
    public bool IsOpen { get; set; }
    public TotalBudget Caps { get; set; } = TotalBudget.None;
    public RateCard? Rates { get; set; }
    public int Parallelism { get; set; } = 1;

    /// <summary>Whether an attempt was stopped for want of budget; what little is left starts no new one.</summary>
    public bool IsUsedUp { get; set; }

    /// <summary>Settled and forfeited.</summary>
    public Amount Spent { get; set; } = Amount.Zero;

    /// <summary>Granted to running attempts, by trial.</summary>
    public Dictionary<string, Amount> Granted { get; set; } = [];
}
