using System.Globalization;
using System.Numerics;
using Nola.Core.Trials;

namespace Nola.Grains.Budgets;

/// <summary>
/// The arithmetic of a total budget. Invariant: granted + spent never exceeds a cap, as long as attempts keep within their allowances.
/// </summary>
/// <remarks>
/// A slice is 30 s of training time, or a hundredth of the cap for money, tokens and calls, but at most an equal share of what is left and at least
/// what the attempt says it needs to go on. Money bounds training and evaluation time through the rate card, which the allowance carries along.
/// </remarks>
internal sealed class BudgetLedger(BudgetState state)
{
    private static readonly TimeSpan LongestSlice = TimeSpan.FromSeconds(30);
    private static readonly Amount Smallest = new(TimeSpan.FromMilliseconds(1), 0.000001m, 1, 1);

    public Amount TotalGranted => state.Granted.Values.Aggregate(Amount.Zero, (sum, amount) => sum + amount);

    /// <summary>The allowance of a trial's running attempt; null when it is new and nothing is left.</summary>
    public (Allowance? Allowance, bool HasChanged) Grant(string trial, Usage spent, Usage ahead)
    {
        var has = state.Granted.GetValueOrDefault(trial, Amount.Zero);
        var left = Left();
        var used = Price(spent);
        var next = Price(ahead);
        var slice = Slice(left);
        var add = new Amount(
            TimeSpan.FromTicks(Raise(has.TrainingTime.Ticks, used.TrainingTime.Ticks, next.TrainingTime.Ticks, slice.TrainingTime.Ticks, left.TrainingTime.Ticks)),
            Raise(has.Money, used.Money, next.Money, slice.Money, left.Money),
            Raise(has.Tokens, used.Tokens, next.Tokens, slice.Tokens, left.Tokens),
            Raise(has.Requests, used.Requests, next.Requests, slice.Requests, left.Requests));
        var now = has + add;
        if (!state.Granted.ContainsKey(trial) && (state.IsUsedUp || IsExhausted(now)))
            return (null, false);
        var changed = add != Amount.Zero || !state.Granted.ContainsKey(trial);
        state.Granted[trial] = now;
        return (ToAllowance(now, Left()), changed);
    }

    /// <summary>Takes what an attempt used and frees the rest of its grant.</summary>
    public bool Settle(string trial, Usage used, bool wasStopped)
    {
        if (!state.Granted.Remove(trial))
            return false;
        state.Spent += Price(used);
        state.IsUsedUp |= wasStopped;
        return true;
    }

    /// <summary>Counts a lost attempt's grant as spent, or what it has used at most where that is known.</summary>
    public bool Forfeit(string trial, Usage? atMost = null)
    {
        if (!state.Granted.Remove(trial, out var granted))
            return false;
        state.Spent += atMost is null ? granted : Amount.Min(granted, Price(atMost));
        return true;
    }

    /// <summary>Counts every grant as spent and gives no more.</summary>
    public bool Close()
    {
        if (state.IsUsedUp && state.Granted.Count == 0)
            return false;
        state.Spent += TotalGranted;
        state.Granted.Clear();
        state.IsUsedUp = true;
        return true;
    }

    private Amount Price(Usage usage) => new(
        usage.TrainingTime, (state.Rates?.CostOf(usage.TrainingTime, usage.InferenceTime) ?? 0) + usage.Money, usage.Tokens, usage.Requests);

    // Nothing is left, and nothing granted, of what has no cap.
    private Amount Left()
    {
        var taken = state.Spent + TotalGranted;
        return new(
            TimeSpan.FromTicks(Math.Max(0, (state.Caps.DeviceTime ?? TimeSpan.Zero).Ticks - taken.TrainingTime.Ticks)),
            Math.Max(0, (state.Caps.Cost ?? 0) - taken.Money),
            Math.Max(0, (state.Caps.Tokens ?? 0) - taken.Tokens),
            Math.Max(0, (state.Caps.Requests ?? 0) - taken.Requests));
    }

    private Amount Slice(Amount left)
    {
        var share = Math.Max(1, state.Parallelism);
        var money = Math.Max((state.Caps.Cost ?? 0) / 100, state.Rates?.CostOf(LongestSlice, TimeSpan.Zero) ?? 0);
        return new(
            TimeSpan.FromTicks(Math.Min(LongestSlice.Ticks, Math.Max(left.TrainingTime.Ticks / share, Smallest.TrainingTime.Ticks))),
            Math.Min(money, Math.Max(left.Money / share, Smallest.Money)),
            Math.Min((state.Caps.Tokens ?? 0) / 100, left.Tokens / share) + Smallest.Tokens,
            Math.Min((state.Caps.Requests ?? 0) / 100, left.Requests / share) + Smallest.Requests);
    }

    private bool IsExhausted(Amount now) =>
        (state.Caps.DeviceTime is not null && now.TrainingTime < Smallest.TrainingTime)
        || (state.Caps.Cost is not null && now.Money < Smallest.Money)
        || (state.Caps.Tokens is not null && now.Tokens < 1)
        || (state.Caps.Requests is not null && now.Requests < 1);

    private Allowance ToAllowance(Amount now, Amount left)
    {
        var caps = state.Caps;
        var name = caps.DeviceTime is { } time ? string.Create(CultureInfo.InvariantCulture, $"total.deviceTime = {time.TotalSeconds:0.###} s")
            : caps.Cost is { } cost ? string.Create(CultureInfo.InvariantCulture, $"total.cost = {cost} {state.Rates?.Currency}").TrimEnd()
            : caps.Tokens is { } tokens ? string.Create(CultureInfo.InvariantCulture, $"total.tokens = {tokens}")
            : string.Create(CultureInfo.InvariantCulture, $"total.requests = {caps.Requests}");
        return new()
        {
            TrainingTime = caps.DeviceTime is null ? null : now.TrainingTime,
            Money = caps.Cost is null ? null : now.Money,
            Rates = caps.Cost is null ? null : state.Rates,
            Tokens = caps.Tokens is null ? null : now.Tokens,
            Requests = caps.Requests is null ? null : now.Requests,
            Cap = name,
            IsFinal = IsExhausted(left),
        };
    }

    // Raised when half a slice is left, so that the runner need not wait, and in steps that are worth a write.
    private static T Raise<T>(T has, T used, T next, T slice, T left)
        where T : INumber<T> =>
        has >= used + T.Max(next, slice / (T.One + T.One)) ? T.Zero : T.Clamp(used + T.Max(next, slice) - has, T.Zero, left);
}
