namespace Nola.Reasoning.Endpoints;

/// <summary>Calls that wait for their turn. They go in order of arrival: a large one at the head is not overtaken for ever by small ones.</summary>
/// <remarks>What is kept here, and what a limiter adds, changes under <see cref="Gate"/> only.</remarks>
public abstract class CallQueue : ICallLimiter
{
    private readonly LinkedList<Waiter> waiting = [];

    /// <summary>Held while anything is looked at or changed.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>Requests under way.</summary>
    protected int InFlight { get; private set; }

    /// <summary>Calls that wait.</summary>
    protected int Waiting => waiting.Count;

    /// <summary>Tokens of these by estimate.</summary>
    protected long WaitingTokens { get; private set; }

    /// <summary>Tokens of the first of these; 0 when none waits.</summary>
    protected long NextTokens => waiting.First?.Value.Tokens ?? 0;

    public async ValueTask<ICallPermit> Acquire(long tokens, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var waiter = new Waiter(tokens);
        LinkedListNode<Waiter> node;
        lock (Gate)
        {
            node = waiting.AddLast(waiter);
            WaitingTokens += tokens;
            Admit();
            Came();
        }

        await using var registration = stop.Register(() => GiveUp(node, stop));
        return await waiter.Admitted.Task;
    }

    /// <summary>Lets calls go as far as the limits allow.</summary>
    protected void Admit()
    {
        while (waiting.First is { Value: var next } && TryTake(next.Tokens))
        {
            InFlight++;
            waiting.RemoveFirst();
            WaitingTokens -= next.Tokens;
            next.Admitted.TrySetResult(new Permit(this, next.Tokens));
        }
    }

    /// <summary>Takes what the next call needs of the limits; false, and nothing taken, when it must wait.</summary>
    protected abstract bool TryTake(long tokens);

    /// <summary>A call has ended, and is in flight no longer.</summary>
    /// <param name="estimate">Tokens that were taken for it.</param>
    /// <param name="feedback">How it went.</param>
    protected abstract void Ended(long estimate, CallFeedback feedback);

    /// <summary>A call has come; it may have gone at once.</summary>
    protected virtual void Came()
    {
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken stop)
    {
        lock (Gate)
        {
            if (node.List is null)
                return;
            waiting.Remove(node);
            WaitingTokens -= node.Value.Tokens;
            Admit();
        }

        node.Value.Admitted.TrySetCanceled(stop);
    }

    private void Release(long estimate, CallFeedback feedback)
    {
        lock (Gate)
        {
            InFlight--;
            Ended(estimate, feedback);
            Admit();
        }
    }

    private sealed class Waiter(long tokens)
    {
        public long Tokens { get; } = tokens;

        public TaskCompletionSource<ICallPermit> Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Permit(CallQueue queue, long estimate) : ICallPermit
    {
        private int released;

        public ValueTask Release(CallFeedback feedback)
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                queue.Release(estimate, feedback);
            return ValueTask.CompletedTask;
        }
    }
}
