using System.Globalization;
using Nola.Core.Trials;

namespace Nola.Grains.Budgets;

/// <summary>
/// The arithmetic of a total budget. Invariant: granted + spent never exceeds a cap, as long as attempts keep within their allowances.
/// </summary>
/// <remarks>
/// A slice is at most 30 s of training time (or a hundredth of the cap for money, tokens and calls) and at most an equal share of what is left.
/// Money bounds training time through the rate card; what evaluation costs is settled with the attempt and may bring spent past a cost cap by
/// the price of the evaluations in flight, never by training.
/// </remarks>
internal sealed class BudgetLedger(BudgetState state)
{
    private static readonly TimeSpan LongestSlice = TimeSpan.FromSeconds(30);
    private static readonly Amount Smallest = new(TimeSpan.FromMilliseconds(1), 0.000001m, 1, 1);

    public Amount TotalGranted => state.Granted.Values.Aggregate(Amount.Zero, (sum, amount) => sum + amount);

    /// <summary>The allowance of a trial's running attempt; null when it is new and nothing is left.</summary>
    public (Allowance? Allowance, bool HasChanged) Grant(string trial, Usage spent)
    {
        var has = state.Granted.GetValueOrDefault(trial, Amount.Zero);
        var left = Left();
        var used = Price(spent);
        var need = used + Slice(left);
        // Raised before half a slice is left, so that the runner need not wait.
        var add = new Amount(
            state.Caps.DeviceTime is null && state.Caps.Cost is null ? TimeSpan.Zero : Raise(has.TrainingTime, need.TrainingTime, left.TrainingTime),
            Raise(has.Money, need.Money, left.Money),
            Raise(has.Tokens, need.Tokens, left.Tokens),
            Raise(has.Requests, need.Requests, left.Requests));
        if (state.Rates is { } rates && state.Caps.Cost is not null && rates.TrainingPerHour > 0)
        {
            // Training time is bought with money: no more time than the money granted for it pays.
            var affordable = TimeSpan.FromHours((double)(add.Money / rates.TrainingPerHour));
            add = add with { TrainingTime = state.Caps.DeviceTime is null || affordable < add.TrainingTime ? affordable : add.TrainingTime };
        }

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

    /// <summary>Counts a lost attempt's whole grant as spent: nothing proves that it used less.</summary>
    public bool Forfeit(string trial)
    {
        if (!state.Granted.Remove(trial, out var granted))
            return false;
        state.Spent += granted;
        return true;
    }

    private Amount Price(Usage usage) => new(
        usage.TrainingTime, (state.Rates?.CostOf(usage.TrainingTime, usage.InferenceTime) ?? 0) + usage.Money, usage.Tokens, usage.Requests);

    private Amount Left()
    {
        var taken = state.Spent + TotalGranted;
        var unbounded = TimeSpan.FromDays(36500);
        return new(
            Positive((state.Caps.DeviceTime ?? unbounded) - taken.TrainingTime),
            Math.Max(0, (state.Caps.Cost ?? 1e15m) - taken.Money),
            Math.Max(0, (state.Caps.Tokens ?? long.MaxValue / 4) - taken.Tokens),
            Math.Max(0, (state.Caps.Requests ?? long.MaxValue / 4) - taken.Requests));
    }

    private Amount Slice(Amount left)
    {
        var share = Math.Max(1, state.Parallelism);
        return new(
            TimeSpan.FromTicks(Math.Min(LongestSlice.Ticks, Math.Max(left.TrainingTime.Ticks / share, Math.Min(left.TrainingTime.Ticks, TimeSpan.TicksPerMillisecond)))),
            Math.Min(left.Money, Math.Max((state.Caps.Cost ?? 0) / 100 / share, Smallest.Money)),
            Math.Min(left.Tokens, Math.Max((state.Caps.Tokens ?? 0) / 100 / share, 1)),
            Math.Min(left.Requests, Math.Max((state.Caps.Requests ?? 0) / 100 / share, 1)));
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
            TrainingTime = caps.DeviceTime is not null || (caps.Cost is not null && state.Rates is { TrainingPerHour: > 0 }) ? now.TrainingTime : null,
            Money = caps.Cost is null ? null : now.Money,
            Tokens = caps.Tokens is null ? null : now.Tokens,
            Requests = caps.Requests is null ? null : now.Requests,
            Cap = name,
            IsFinal = IsExhausted(left),
        };
    }

    private static TimeSpan Positive(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;

    private static TimeSpan Raise(TimeSpan has, TimeSpan need, TimeSpan left) => TimeSpan.FromTicks(Math.Clamp(need.Ticks - has.Ticks, 0, left.Ticks));

    private static long Raise(long has, long need, long left) => Math.Clamp(need - has, 0, left);

    private static decimal Raise(decimal has, decimal need, decimal left) => Math.Clamp(need - has, 0, left);
}
