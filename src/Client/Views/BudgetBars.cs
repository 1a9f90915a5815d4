using System.Globalization;
using Nola.Core.Experiments;

namespace Nola.Client.Views;

/// <summary>How much of a cap is spent.</summary>
/// <param name="Name">Which cap.</param>
/// <param name="Share">From 0 to 1.</param>
/// <param name="Text">Spent and cap, in words.</param>
internal sealed record BudgetBar(string Name, double Share, string Text);

/// <summary>The caps of an experiment, one bar each.</summary>
internal static class BudgetBars
{
    /// <summary>The bars of the caps that are set.</summary>
    public static IEnumerable<BudgetBar> Of(BudgetStatus budget, TimeSpan elapsed)
    {
        var (caps, spent) = (budget.Caps, budget.Spent);
        if (caps.DeviceTime is { } time)
            yield return new("device time", spent.TrainingTime / time, $"{Words.Of(spent.TrainingTime)} of {Words.Of(time)}");
        if (caps.Cost is { } cost)
            yield return new("cost", cost == 0 ? 1 : (double)((budget.Cost ?? 0) / cost), $"{Words.Of(budget.Cost ?? 0, budget.Currency)} of {Words.Of(cost, budget.Currency)}");
        if (caps.Trials is { } trials)
            yield return new("trials", (double)budget.TrialsStarted / trials, string.Create(CultureInfo.InvariantCulture, $"{budget.TrialsStarted} of {trials} started"));
        if (caps.WallClock is { } clock)
            yield return new("wall clock", elapsed / clock, $"{Words.Of(elapsed)} of {Words.Of(clock)}");
        if (caps.Tokens is { } tokens)
            yield return new("tokens", (double)spent.Tokens / tokens, string.Create(CultureInfo.InvariantCulture, $"{spent.Tokens} of {tokens}"));
        if (caps.Requests is { } requests)
            yield return new("requests", (double)spent.Requests / requests, string.Create(CultureInfo.InvariantCulture, $"{spent.Requests} of {requests}"));
    }
}
