namespace Nola.Grains.Studies;

/// <summary>Shares a grain's writes: one runs, and the next takes all that has come until it starts.</summary>
/// <remarks>For one reentrant grain: calls must come from its turns, and the write runs in one.</remarks>
internal sealed class GroupCommit(Func<Task> write)
{
    private Task? current;
    private Task? following;

    /// <summary>Whether a write is under way; what it took may not be stored yet.</summary>
    public bool IsWriting => current is { IsCompleted: false };

    /// <summary>Ends with the writes that are asked for already.</summary>
    public Task Pending => following ?? current ?? Task.CompletedTask;

    /// <summary>Ends when all that is there to store now is stored; fails when its write fails.</summary>
    public Task Commit() => following ??= CommitNext();

    private async Task CommitNext()
    {
        if (current is not null)
            await current.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        // `following` must be assigned by now, also when nothing had to be waited for.
        await Task.Yield();
        current = following;
        following = null;
        await write();
    }
}
