namespace Nola.Reasoning.Endpoints;

/// <summary>Decides when a request may be sent, so that all callers of one account together keep its limits.</summary>
public interface ICallLimiter
{
    /// <summary>Waits until a request of this size may be sent.</summary>
    /// <param name="tokens">Estimate of prompt and completion.</param>
    /// <param name="stop">Gives up waiting.</param>
    ValueTask<ICallPermit> Acquire(long tokens, CancellationToken stop);
}

/// <summary>The right to send one request; released exactly once.</summary>
public interface ICallPermit
{
    /// <summary>Gives the place back and tells how it went.</summary>
    ValueTask Release(CallFeedback feedback);
}

/// <summary>How a request went, for the limiter.</summary>
/// <param name="Signal">What it says about the limits.</param>
/// <param name="Tokens">Tokens used; null when not known, then the estimate stands.</param>
public sealed record CallFeedback(CallSignal Signal, long? Tokens = null);

/// <summary>What a request says about the limits.</summary>
public enum CallSignal
{
    /// <summary>It was answered.</summary>
    Clean,

    /// <summary>The endpoint refused it because of a limit (429).</summary>
    Throttled,

    /// <summary>It failed for another reason, which says nothing about limits.</summary>
    Failed,
}
