using System.Collections.Concurrent;

namespace Nola.Reasoning.Endpoints;

/// <summary>An endpoint whose answers are stored before anyone sees them, so that no call is paid twice; not even by two callers at once.</summary>
/// <param name="inner">Asked where no answer is stored; disposed with this.</param>
/// <param name="store">Keeps the answers; not disposed.</param>
public sealed class StoredEndpoint(IEndpoint inner, AnswerStore store) : IEndpoint
{
    private readonly ConcurrentDictionary<string, Lazy<Task<EndpointReply>>> asking = new(StringComparer.Ordinal);

    public string Model => inner.Model;

    public string KeyOf(EndpointCall call) => inner.KeyOf(call);

    /// <summary>The stored answer, with 0 attempts, or that of the endpoint.</summary>
    public async Task<EndpointReply> Ask(EndpointCall call, CancellationToken stop)
    {
        var key = KeyOf(call);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (store.Find(key) is { } stored)
                return stored with { Attempts = 0, Elapsed = TimeSpan.Zero };
            var mine = new Lazy<Task<EndpointReply>>(() => AskAndStore(key, call, stop));
            var current = asking.GetOrAdd(key, mine);
            try
            {
                return await current.Value.WaitAsync(stop);
            }
            catch (OperationCanceledException) when (current != mine && !stop.IsCancellationRequested)
            {
                // The other caller gave up; this one has not.
            }
            finally
            {
                if (current == mine)
                    asking.TryRemove(new(key, mine));
            }
        }
    }

    public void Dispose() => inner.Dispose();

    private async Task<EndpointReply> AskAndStore(string key, EndpointCall call, CancellationToken stop)
    {
        var reply = await inner.Ask(call, stop);
        if (reply is Answered answer)
            store.Add(key, answer);
        return reply;
    }
}
