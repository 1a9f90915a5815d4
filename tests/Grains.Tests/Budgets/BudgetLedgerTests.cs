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
            Rates = random.Next(2) == 0 ? new() { Currency = "GBP", TrainingPerHour = 2.0396m, InferencePerHour = 1.9851m } : null,
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
                    var ahead = new Usage { TrainingTime = TimeSpan.FromSeconds(random.NextDouble() * 60), InferenceTime = TimeSpan.FromSeconds(random.Next(60)), Tokens = random.Next(500) };
                    if (ledger.Grant(trial, used, ahead).Allowance is { } allowance)
                        running[trial] = (Within(allowance, used, random), allowance);
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
        ledger.Grant("a", Usage.None, Usage.None);
        ledger.Settle("a", Usage.None, wasStopped: true);

        Assert.Null(ledger.Grant("b", Usage.None, Usage.None).Allowance);
    }

    [Fact]
    public void Grant_AttemptNeedsMoreThanASlice_GetsAllThatIsLeft()
    {
        var ledger = new BudgetLedger(new() { Caps = new() { DeviceTime = TimeSpan.FromHours(1) } });

        var allowance = ledger.Grant("a", new() { TrainingTime = TimeSpan.FromMinutes(10) }, new() { TrainingTime = TimeSpan.FromMinutes(2) }).Allowance!;

        Assert.Equal(TimeSpan.FromMinutes(12), allowance.TrainingTime);
        Assert.False(allowance.IsFinal);
    }

    [Fact]
    public void Grant_HalfASliceIsLeft_NeedsNoWrite()
    {
        var ledger = new BudgetLedger(new() { Caps = new() { DeviceTime = TimeSpan.FromHours(1) } });
        ledger.Grant("a", Usage.None, Usage.None);

        Assert.False(ledger.Grant("a", new() { TrainingTime = TimeSpan.FromSeconds(14) }, Usage.None).HasChanged);
        Assert.True(ledger.Grant("a", new() { TrainingTime = TimeSpan.FromSeconds(16) }, Usage.None).HasChanged);
    }

    [Fact]
    public void Forfeit_KnownToHaveUsedLess_CountsThat()
    {
        var state = new BudgetState { Caps = new() { DeviceTime = TimeSpan.FromHours(1) } };
        var ledger = new BudgetLedger(state);
        ledger.Grant("a", Usage.None, Usage.None);
        ledger.Grant("b", Usage.None, Usage.None);

        ledger.Forfeit("a", new() { TrainingTime = TimeSpan.FromSeconds(3) });
        Assert.Equal(TimeSpan.FromSeconds(3), state.Spent.TrainingTime);
        ledger.Close();
        Assert.Equal(TimeSpan.FromSeconds(33), state.Spent.TrainingTime);
        Assert.Null(ledger.Grant("c", Usage.None, Usage.None).Allowance);
    }

    // What a runner may do: go on from what it has used, by any amount that its allowance covers.
    private static Usage Within(Allowance allowance, Usage used, Random random)
    {
        var more = new Usage
        {
            TrainingTime = TimeSpan.FromSeconds(random.NextDouble() * 100),
            InferenceTime = TimeSpan.FromSeconds(random.NextDouble() * 100),
            Tokens = random.Next(1000),
        };
        for (var share = 1.0; share > 1e-9; share /= 2)
        {
            var next = used + new Usage { TrainingTime = more.TrainingTime * share, InferenceTime = more.InferenceTime * share, Tokens = (long)(more.Tokens * share) };
            if (allowance.Covers(next))
                return next;
        }

        return used;
    }
}
