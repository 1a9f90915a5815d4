using Microsoft.Extensions.Time.Testing;
using Nola.Reasoning.Endpoints;

namespace Nola.Reasoning.Tests.Endpoints;

/// <summary>The limiter keeps limits and adapts.</summary>
public class AdaptiveLimiterTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Acquire_AtTheLimit_WaitsForARelease()
    {
        var limiter = new AdaptiveLimiter(new() { Start = 1, Maximum = 1 }, time);
        var first = await limiter.Acquire(1, default);

        var second = limiter.Acquire(1, default);
        Assert.False(second.IsCompleted);
        await first.Release(new(CallSignal.Failed));

        await second.AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Release_Twice_CountsOnce()
    {
        var limiter = new AdaptiveLimiter(new() { Start = 1, Maximum = 1 }, time);
        var first = await limiter.Acquire(1, default);
        await first.Release(new(CallSignal.Failed));
        await first.Release(new(CallSignal.Failed));

        await limiter.Acquire(1, default);

        Assert.False(limiter.Acquire(1, default).IsCompleted);
    }

    [Fact]
    public async Task Release_CleanRounds_DoubleUntilTheFirstRefusalThenGrowSlowly()
    {
        var limiter = new AdaptiveLimiter(new() { Start = 10, Maximum = 100 }, time);

        await Round(limiter, 10, CallSignal.Clean);
        Assert.Equal(20, limiter.Concurrency);
        await Round(limiter, 20, CallSignal.Clean);
        Assert.Equal(40, limiter.Concurrency);
        await Round(limiter, 1, CallSignal.Throttled);
        Assert.Equal(32, limiter.Concurrency);
        await Round(limiter, 32, CallSignal.Clean);
        Assert.Equal(33, limiter.Concurrency);
    }

    [Fact]
    public async Task Release_RefusalsOfOneEpisode_DecreaseOnce()
    {
        var limiter = new AdaptiveLimiter(new() { Start = 100, Maximum = 100 }, time);

        await Round(limiter, 50, CallSignal.Throttled);
        Assert.Equal(80, limiter.Concurrency);
        time.Advance(TimeSpan.FromSeconds(15));
        await Round(limiter, 50, CallSignal.Throttled);

        Assert.Equal(64, limiter.Concurrency);
    }

    [Fact]
    public async Task Release_RefusalsForEver_LeaveTheMinimum()
    {
        var limiter = new AdaptiveLimiter(new() { Start = 5, Minimum = 2 }, time);
        for (var i = 0; i < 20; i++)
        {
            await Round(limiter, 1, CallSignal.Throttled);
            time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(2, limiter.Concurrency);
    }

    [Fact]
    public async Task Acquire_RequestsPerMinute_AreKept()
    {
        var limiter = new AdaptiveLimiter(new() { Start = 100, RequestsPerMinute = 60 }, time);
        var admitted = 0;
        var calls = Enumerable.Range(0, 30).Select(async _ =>
        {
            var permit = await limiter.Acquire(1, default);
            Interlocked.Increment(ref admitted);
            await permit.Release(new(CallSignal.Clean));
        }).ToList();

        Assert.Equal(6, await Settled(6));
        for (var second = 0; second < 24; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Settled(7 + second);
        }

        await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(30));

        // Bounded: a limiter that admits too few never reaches the number, one that admits too many passes it at once.
        async Task<int> Settled(int expected)
        {
            await Task.WhenAll(calls.Take(expected)).WaitAsync(TimeSpan.FromSeconds(30));
            return admitted;
        }
    }

    [Fact]
    public async Task Acquire_TokensPerMinute_AreSettledAfterTheCall()
    {
        var limiter = new AdaptiveLimiter(new() { TokensPerMinute = 6000 }, time);

        var permit = await limiter.Acquire(500, default);
        await permit.Release(new(CallSignal.Clean, Tokens: 100));
        var second = limiter.Acquire(500, default);
        Assert.True(second.IsCompleted, "400 of the 500 estimated tokens came back");
        await (await second).Release(new(CallSignal.Clean));
        var third = limiter.Acquire(100, default);
        Assert.False(third.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await third.AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Acquire_CallLargerThanTheBucket_GoesWhenTheBucketIsFull()
    {
        var limiter = new AdaptiveLimiter(new() { TokensPerMinute = 600 }, time);

        await (await limiter.Acquire(5000, default)).Release(new(CallSignal.Clean));

        Assert.False(limiter.Acquire(1, default).IsCompleted);
    }

    [Fact]
    public async Task Acquire_Cancelled_LeavesTheQueue()
    {
        var limiter = new AdaptiveLimiter(new() { Start = 1, Maximum = 1 }, time);
        var first = await limiter.Acquire(1, default);
        using var stop = new CancellationTokenSource();
        var second = limiter.Acquire(1, stop.Token).AsTask();
        var third = limiter.Acquire(1, default).AsTask();

        await stop.CancelAsync();
        await first.Release(new(CallSignal.Clean));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await third.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task Round(AdaptiveLimiter limiter, int calls, CallSignal signal)
    {
        var permits = new List<ICallPermit>();
        for (var i = 0; i < calls; i++)
            permits.Add(await limiter.Acquire(1, default));
        foreach (var permit in permits)
            await permit.Release(new(signal));
    }
}
