namespace Nola.Training.Loop;

/// <summary>Writes to a disk that may be full for a while.</summary>
/// <param name="stop">Ends waiting.</param>
internal sealed class PatientDisk(CancellationToken stop)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    /// <summary>Why the last write failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Writes once; false when the disk did not take it.</summary>
    public bool Try(Action write)
    {
        try
        {
            write();
            Trouble = null;
            return true;
        }
        catch (IOException fault)
        {
            Trouble = fault.Message;
            return false;
        }
    }

    /// <summary>Writes again and again until the disk takes it.</summary>
    /// <param name="write">Writes.</param>
    /// <param name="tell">Is called before each wait.</param>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public void Insist(Action write, Action tell)
    {
        while (!Try(write))
        {
            tell();
            stop.WaitHandle.WaitOne(BetweenTries);
            stop.ThrowIfCancellationRequested();
        }
    }
}
