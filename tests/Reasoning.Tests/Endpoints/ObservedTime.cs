using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Nola.Reasoning.Tests.Endpoints;

/// <summary>Fake time that tells of each timer, so that a test can wait until the code under test waits.</summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan)
            timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>The next wait that is none of the pipeline's two time limits; lets it pass.</summary>
    public async Task<TimeSpan> PassWait(params TimeSpan[] limits)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var wait = await timers.Reader.ReadAsync(patience.Token);
            if (limits.Contains(wait))
                continue;
            Advance(wait);
            return wait;
        }
    }
}
