using Microsoft.Extensions.Time.Testing;
using Nola.Core.Endpoints;
using Nola.Grains.Endpoints;

namespace Nola.Grains.Tests.Endpoints;

public sealed class EndpointQuotaTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Exchange_OneSilo_GetsWhatItWantsUpToTheLimit()
    {
        var quota = new EndpointQuota(time);

        Assert.Equal(5, quota.Exchange(Wants("a", 5)).Concurrency);
        Assert.Equal(20, quota.Exchange(Wants("a", 50)).Concurrency);
    }

    [Fact]
    public void Exchange_AnotherSiloComes_GetsItsPartOnlyWhenTheFirstHasGivenItUp()
    {
        var quota = new EndpointQuota(time);
        var first = quota.Exchange(Wants("a", 50)).Concurrency;

        Assert.Equal(0, quota.Exchange(Wants("b", 50)).Concurrency);
        first = quota.Exchange(new() { Silo = "a", Limits = new(), Allowed = first, InFlight = 20, Waiting = 30 }).Concurrency;
        Assert.Equal(10, first);
        Assert.Equal(0, quota.Exchange(Wants("b", 50)).Concurrency); // its 20 requests are still in flight
        quota.Exchange(new() { Silo = "a", Limits = new(), Allowed = first, InFlight = 10, Waiting = 30 });
        Assert.Equal(10, quota.Exchange(Wants("b", 50)).Concurrency);
    }

    [Fact]
    public void Exchange_SilentSilo_HoldsNothingAfterItsTime()
    {
        var quota = new EndpointQuota(time);
        quota.Exchange(Wants("a", 50));

        time.Advance(EndpointQuota.Validity + TimeSpan.FromMilliseconds(1));

        Assert.Equal(20, quota.Exchange(Wants("b", 50)).Concurrency);
    }

    [Fact]
    public void Exchange_AfterARestart_GivesNothingThatAnotherSiloMayStillHold()
    {
        var quota = new EndpointQuota(time, settling: EndpointQuota.Validity);

        Assert.Equal(12, quota.Exchange(Wants("a", 50) with { Allowed = 12 }).Concurrency);
        Assert.Equal(5, quota.Exchange(Wants("b", 50) with { Allowed = 5 }).Concurrency);
        Assert.Equal(0, quota.Exchange(Wants("c", 50)).Concurrency); // the three that are left may be of a silo that was not heard yet

        time.Advance(EndpointQuota.Validity);
        Assert.Equal(3, quota.Exchange(Wants("c", 50)).Concurrency);
    }

    [Fact]
    public void Exchange_Throttled_LowersTheLimitOncePerEpisode()
    {
        var quota = new EndpointQuota(time);

        Assert.Equal(16, quota.Exchange(Wants("a", 50) with { WasThrottled = true }).Concurrency);
        Assert.Equal(16, quota.Exchange(Wants("a", 50) with { WasThrottled = true, Allowed = 16 }).Concurrency);
        time.Advance(TimeSpan.FromSeconds(4));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(12, quota.Exchange(Wants("a", 50) with { WasThrottled = true, Allowed = 16 }).Concurrency);
    }

    [Fact]
    public void Exchange_CleanRounds_DoubleTheLimitUpToItsMaximum()
    {
        var quota = new EndpointQuota(time);
        var demand = Wants("a", 500) with { Limits = new() { Start = 20, Maximum = 70 } };
        quota.Exchange(demand);

        Assert.Equal(40, quota.Exchange(demand with { Clean = 20 }).Concurrency);
        Assert.Equal(70, quota.Exchange(demand with { Clean = 40 }).Concurrency);
    }

    [Fact]
    public void Exchange_CallLargerThanTheBucket_GoesWhenTheBucketIsFullAndIsPaidOff()
    {
        var quota = new EndpointQuota(time);
        var demand = Wants("a", 1) with { Limits = new() { TokensPerMinute = 600 }, WaitingTokens = 100, NextTokens = 100 };
        Assert.Equal(0, quota.Exchange(demand).Tokens);

        time.Advance(TimeSpan.FromSeconds(4)); // 40 of the 60 that the bucket holds
        Assert.Equal(0, quota.Exchange(demand).Tokens);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(100, quota.Exchange(demand).Tokens);
        time.Advance(TimeSpan.FromSeconds(4)); // pays the 40 off
        Assert.Equal(0, quota.Exchange(demand with { WaitingTokens = 10, NextTokens = 10 }).Tokens);
    }

    [Fact]
    public void Exchange_ExperimentsDisagree_TheStrictestLimitsHoldAsLongAsTheirExperimentCalls()
    {
        var quota = new EndpointQuota(time);
        var lax = Wants("a", 500) with { Limits = new() { Start = 60, Maximum = 60, RequestsPerMinute = 6000 } };
        var strict = Wants("a", 500) with { Limits = new() { Start = 8, Maximum = 8 } };
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(60, quota.Exchange(lax).Concurrency);

        Assert.Equal(0, quota.Exchange(strict).Concurrency); // the other one's 60 are still out
        Assert.Equal(4, quota.Exchange(lax with { Allowed = 60, InFlight = 4 }).Concurrency);
        Assert.Equal(4, quota.Exchange(strict).Concurrency);
        Assert.NotNull(quota.Exchange(strict).Requests); // the lax one's rate binds both

        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(4, quota.Exchange(lax with { Allowed = 4, InFlight = 4 }).Concurrency);
        time.Advance(TimeSpan.FromSeconds(3)); // the strict one is silent
        Assert.Equal(8, quota.Exchange(lax with { Allowed = 4, InFlight = 4 }).Concurrency); // what was learnt stays, and grows with answers
        Assert.Equal(16, quota.Exchange(lax with { Allowed = 8, Clean = 8 }).Concurrency);
    }

    [Fact]
    public void Exchange_LimitsChange_WhatWasUsedStaysUsed()
    {
        var quota = new EndpointQuota(time);
        var first = Wants("a", 100) with { Limits = new() { RequestsPerMinute = 60 } };
        Assert.Equal(0, quota.Exchange(first).Requests);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(4, quota.Exchange(first).Requests);

        var second = first with { Silo = "b", Limits = new() { RequestsPerMinute = 61 } };

        Assert.Equal(0, quota.Exchange(second).Requests);
        Assert.Equal(0, quota.Exchange(first).Requests);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, quota.Exchange(second).Requests);
        Assert.Equal(1, quota.Exchange(first).Requests);
        Assert.Equal(0, quota.Exchange(second).Requests);
    }

    // Silos that come, go, lose answers and finish at random: whatever happens, what they may have in flight stays within the limit.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Exchange_SilosAtRandom_NeverPassALimit(int seed)
    {
        var random = new Random(seed);
        var limits = new EndpointLimits { Start = 20, Minimum = 20, Maximum = 20, RequestsPerMinute = 300 };
        var quota = new EndpointQuota(time);
        var silos = Enumerable.Range(0, 6).Select(index => new Simulated($"silo{index}")).ToArray();
        var sent = new Queue<DateTimeOffset>();
        for (var tick = 0; tick < 5000; tick++)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            foreach (var silo in silos)
            {
                silo.InFlight -= random.Next(silo.InFlight + 1);
                silo.Waiting = random.Next(30);
                if (random.Next(3) == 0)
                    silo.Exchange(quota, limits, isAnswerLost: random.Next(10) == 0, time);
                for (; silo.Waiting > 0 && silo.InFlight < silo.Allowed && silo.Spare > 0 && time.GetUtcNow() < silo.Until; silo.Waiting--)
                {
                    silo.InFlight++;
                    silo.Spare--;
                    sent.Enqueue(time.GetUtcNow());
                }
            }

            while (sent.TryPeek(out var oldest) && oldest < time.GetUtcNow() - TimeSpan.FromMinutes(1))
                sent.Dequeue();
            Assert.InRange(silos.Sum(silo => silo.InFlight), 0, 20);
            // What six silos keep in hand, and the bucket's tenth, come on top of an even minute.
            Assert.InRange(sent.Count, 0, 330 + (6 * 30));
        }

        Assert.True(sent.Count > 150, $"only {sent.Count} requests were sent in the last minute");
    }

    private EndpointDemand Wants(string silo, int waiting) => new() { Silo = silo, Limits = new(), Waiting = waiting };

    private sealed class Simulated(string name)
    {
        public int Allowed { get; private set; }
        public int InFlight { get; set; }
        public int Waiting { get; set; }
        public int Spare { get; set; }
        public DateTimeOffset Until { get; private set; }

        public void Exchange(EndpointQuota quota, EndpointLimits limits, bool isAnswerLost, TimeProvider time)
        {
            var share = quota.Exchange(new() { Silo = name, Limits = limits, Allowed = Allowed, InFlight = InFlight, Waiting = Waiting, SpareRequests = Spare });
            if (isAnswerLost)
                return;
            Allowed = share.Concurrency;
            Spare += share.Requests!.Value;
            Until = time.GetUtcNow() + share.ValidFor;
        }
    }
}
