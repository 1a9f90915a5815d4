using Nola.Core.Trials;
using Nola.Grains.Budgets;

namespace Nola.Grains.Tests.Budgets;

public class BudgetLedgerTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnyInterleaving_GrantedPlusSpent_NeverExceedsTheCaps(int seed)
    {
        var random = new Random(seed);
        var state = new BudgetState
        {
            IsOpen = true,
            Parallelism = random.Next(1, 9),
            Rates = random.Next(2) == 0 ? new() { Currency = "GBP", TrainingPerHour = 2.0396m, InferencePerHour = 0 } : null,
        };
        state.Caps = new()
        {
            DeviceTime = random.Next(2) == 0 ? TimeSpan.FromSeconds(random.Next(1, 1000)) : null,
            Cost = state.Rates is not null ? random.Next(1, 100) / 100m : null,
            Tokens = random.Next(2) == 0 ? random.Next(1, 100000) : null,
        };
        var running = new Dictionary<string, (Usage Used, Allowance Allowance)>();
        var ledger = new BudgetLedger(state);
        for (var step = 0; step < 400; step++)
        {
            var trial = "t" + random.Next(12);
            switch (random.Next(5))
            {
                case 0 when running.Remove(trial, out var done):
                    ledger.Settle(trial, done.Used, wasStopped: false);
                    break;
                case 1 when running.Remove(trial):
                    ledger.Forfeit(trial);
                    break;
                default:
                    var used = running.TryGetValue(trial, out var now) ? now.Used : Usage.None;
                    if (ledger.Grant(trial, used).Allowance is { } allowance)
                        running[trial] = (Within(allowance, random.NextDouble()), allowance);
                    break;
            }

            var total = ledger.TotalGranted + state.Spent;
            Assert.True(total.TrainingTime <= (state.Caps.DeviceTime ?? TimeSpan.MaxValue), $"time {total} of {state.Caps}");
            Assert.True(total.Tokens <= (state.Caps.Tokens ?? long.MaxValue), $"tokens {total} of {state.Caps}");
            Assert.True(total.Money <= (state.Caps.Cost ?? decimal.MaxValue) + 1e-9m, $"money {total} of {state.Caps}");
        }
    }

    [Fact]
    public void Grant_AfterAnAttemptWasStopped_StartsNoNewOne()
    {
        var state = new BudgetState { Caps = new() { DeviceTime = TimeSpan.FromSeconds(10) }, Parallelism = 4 };
        var ledger = new BudgetLedger(state);
        ledger.Grant("a", Usage.None);
        ledger.Settle("a", Usage.None, wasStopped: true);

        Assert.Null(ledger.Grant("b", Usage.None).Allowance);
    }

    private static Usage Within(Allowance allowance, double share) => new()
    {
        TrainingTime = allowance.TrainingTime is { } time ? time * share : TimeSpan.FromSeconds(share),
        Tokens = (long)((allowance.Tokens ?? 1000) * share),
    };
}
