using Nola.Core.Trials;

namespace Nola.Silo.Reasoning;

/// <summary>
/// Keeps a trial's calls within what it may use: before a call its estimate is set aside, after it the real usage takes its place. Asks for more when
/// what is left does not cover the next call.
/// </summary>
/// <param name="allowance">What may be used to begin with.</param>
/// <param name="ask">Tells what was spent and what lies ahead, and brings the new allowance.</param>
internal sealed class CallAllowance(Allowance allowance, Func<Usage, Usage, ValueTask<Allowance?>> ask) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim asking = new(1, 1);
    private Allowance allowed = allowance;
    private Usage reserved = Usage.None;
    private int inFlight;
    private TaskCompletionSource settled = New();

    /// <summary>Used by calls that have ended.</summary>
    public Usage Spent { get; private set; } = Usage.None;

    /// <summary>Set aside for calls under way.</summary>
    public Usage Reserved
    {
        get
        {
            lock (gate)
                return reserved;
        }
    }

    /// <summary>The cap that no further call fits under; null as long as calls fit.</summary>
    public string? UsedUp { get; private set; }

    /// <summary>Takes a new allowance.</summary>
    public void Raise(Allowance? to)
    {
        lock (gate)
            allowed = to ?? allowed;
    }

    /// <summary>Sets an estimate aside; false when the call would pass a cap and nothing more is granted.</summary>
    public async ValueTask<bool> Reserve(Usage estimate, CancellationToken stop)
    {
        if (TryReserve(estimate))
            return true;
        await asking.WaitAsync(stop);
        try
        {
            while (UsedUp is null)
            {
                if (TryReserve(estimate))
                    return true;
                Raise(await ask(Spent, Reserved + estimate));
                Task waiting;
                lock (gate)
                {
                    if (TryReserve(estimate))
                        return true;
                    if (inFlight == 0)
                    {
                        UsedUp = allowed.Cap;
                        return false;
                    }

                    waiting = settled.Task;
                }

                // Calls under way may use less than was set aside for them.
                await waiting.WaitAsync(stop);
            }

            return false;
        }
        finally
        {
            asking.Release();
        }
    }

    /// <summary>Replaces an estimate by what the call used.</summary>
    public void Settle(Usage estimate, Usage used)
    {
        TaskCompletionSource done;
        lock (gate)
        {
            reserved = Minus(reserved, estimate);
            Spent += used;
            inFlight--;
            (done, settled) = (settled, New());
        }

        done.TrySetResult();
    }

    public void Dispose() => asking.Dispose();

    private bool TryReserve(Usage estimate)
    {
        lock (gate)
        {
            if (UsedUp is not null || !allowed.Covers(Spent + reserved + estimate))
                return false;
            reserved += estimate;
            inFlight++;
            return true;
        }
    }

    private static Usage Minus(Usage all, Usage part) => all with { Tokens = all.Tokens - part.Tokens, Requests = all.Requests - part.Requests, Money = all.Money - part.Money };

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
