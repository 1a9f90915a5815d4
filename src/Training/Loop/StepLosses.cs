using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>
/// The losses of the steps so far. A GPU computes behind its host, which would wait if it asked for a loss at once; so each is read there when the next step
/// is on its way. The CPU's are read at once.
/// </summary>
/// <param name="isLate">Whether the device computes behind its host.</param>
internal sealed class StepLosses(bool isLate) : IDisposable
{
    private readonly Queue<(long Step, Tensor Loss)> unread = new();

    /// <summary>The newest loss that has been read; null before the first.</summary>
    public double? Last { get; private set; }

    /// <summary>The first step, from 0, whose loss was read and was no number; null when there is none.</summary>
    public long? Diverged { get; private set; }

    /// <summary>Takes a step's loss, and reads those that are due.</summary>
    public void Add(long step, Tensor loss)
    {
        unread.Enqueue((step, loss.DetachFromDisposeScope()));
        Read(isLate ? 1 : 0);
    }

    /// <summary>Reads all, and so waits until the device has done all that it was told.</summary>
    public void ReadAll() => Read(0);

    public void Dispose()
    {
        foreach (var (_, loss) in unread)
            loss.Dispose();
    }

    private void Read(int left)
    {
        while (unread.Count > left)
        {
            var (step, loss) = unread.Dequeue();
            using (loss)
                Last = loss.item<float>();
            if (!double.IsFinite(Last.Value))
                Diverged ??= step;
        }
    }
}
