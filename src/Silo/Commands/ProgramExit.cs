using System.Globalization;
using Nola.Core.Trials;

namespace Nola.Silo.Commands;

/// <summary>What the exit code of a program says that nobody has stopped.</summary>
internal static class ProgramExit
{
    /// <summary>The program has found its trial not worth going on with.</summary>
    public const int Pruned = 80;

    /// <summary>Its loss, or whatever it computes, is no finite number any more.</summary>
    public const int Diverged = 81;

    /// <summary>Something that it needs was not to be had; another attempt may succeed. EX_TEMPFAIL of sysexits.h.</summary>
    public const int TryAgain = 75;

    /// <summary>Exit codes from here tell the signal that ended a program.</summary>
    private const int Signals = 128;

    /// <summary>The outcome of a trial.</summary>
    /// <param name="code">The exit code.</param>
    /// <param name="step">The last step that it reported.</param>
    /// <param name="lastWords">What it said last on standard error; empty when nothing.</param>
    /// <exception cref="AttemptLostException">The trial is to be tried again.</exception>
    public static Outcome ToOutcome(int code, long step, string lastWords)
    {
        var said = lastWords.Length == 0 ? "it said nothing on standard error" : lastWords;
        return code switch
        {
            0 => new Completed(),
            Pruned => new Pruned(step),
            Diverged => new Diverged(step),
            TryAgain => throw new AttemptLostException($"the program asked to be tried again (exit code {TryAgain}): {said}"),
            > Signals => new Failed($"the program was ended by {NameOf(code - Signals)}: {said}"),
            _ => new Failed(string.Create(CultureInfo.InvariantCulture, $"the program ended with exit code {code}: {said}")),
        };
    }

    private static string NameOf(int signal) => signal switch
    {
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL, perhaps for want of memory",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
    };
}
