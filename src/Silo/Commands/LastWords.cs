namespace Nola.Silo.Commands;

/// <summary>The last lines that a program wrote to standard error, for the message of its failure.</summary>
internal sealed class LastWords
{
    private const int Kept = 5;

    private readonly Queue<string> lines = new();

    /// <summary>The lines in one; empty when there are none.</summary>
    public string Text
    {
        get
        {
            lock (lines)
                return string.Join(" | ", lines);
        }
    }

    /// <summary>Takes a line; an empty one is not kept.</summary>
    public void Take(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (lines)
        {
            lines.Enqueue(line.Trim());
            if (lines.Count > Kept)
                lines.Dequeue();
        }
    }
}
