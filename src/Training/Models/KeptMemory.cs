namespace Nola.Training.Models;

/// <summary>Memory that several trials of a process may fill together with what they keep.</summary>
/// <param name="bytes">How much there is.</param>
internal sealed class KeptMemory(long bytes)
{
    private long left = bytes;

    /// <summary>Takes memory; false when so much is not left.</summary>
    public bool TryTake(long size)
    {
        if (Interlocked.Add(ref left, -size) >= 0)
            return true;
        Return(size);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long size) => Interlocked.Add(ref left, size);
}
