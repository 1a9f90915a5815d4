using System.Globalization;

namespace Nola.Client.Views;

/// <summary>How far long work is: one line that is written anew in a terminal, a line for each tenth in a file or a pipe; on standard error.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="verb">What is done to things, such as <c>verified</c>.</param>
/// <param name="all">Number of things.</param>
internal sealed class ProgressLine(Terminal terminal, string verb, int all) : IProgress<int>, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider time = TimeProvider.System;
    private int tenths;
    private long shownAt;
    private int width;

    /// <summary>Tells that so many are done.</summary>
    /// <param name="done">Number of things done.</param>
    /// <param name="remark">What is to be said besides; may be empty.</param>
    public void Show(int done, string remark = "")
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{verb} {done} of {all}{(remark.Length > 0 ? ", " : "")}{remark}");
        if (terminal.Screen is null)
        {
            if (done * 10 / all == tenths)
                return;
            tenths = done * 10 / all;
            terminal.Note(text);
        }
        else if (done == all || shownAt == 0 || time.GetElapsedTime(shownAt) >= Pause)
        {
            shownAt = time.GetTimestamp();
            terminal.Error.Write("\r" + text.PadRight(width));
            width = Math.Max(width, text.Length);
        }
    }

    public void Report(int value) => Show(value);

    /// <summary>Takes the line away again.</summary>
    public void Dispose()
    {
        if (width > 0)
            terminal.Error.Write($"\r{new string(' ', width)}\r");
    }
}
