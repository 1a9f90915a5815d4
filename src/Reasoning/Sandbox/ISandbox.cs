using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Sandbox;

/// <summary>Runs programs that nobody has reason to trust.</summary>
public interface ISandbox
{
    /// <summary>
    /// Runs a program to its end. Whatever the program does is a verdict; a sandbox that cannot run it gives <see cref="Verdict.SandboxUnavailable"/>
    /// and does not throw.
    /// </summary>
    Task<ProgramRun> Run(SandboxProgram program, CancellationToken stop);
}

/// <summary>A program to run.</summary>
/// <param name="Language">Its language.</param>
/// <param name="Code">Its source: one file.</param>
public sealed record SandboxProgram(ProgramLanguage Language, string Code)
{
    /// <summary>What it reads from standard input. Default: nothing.</summary>
    public string Input { get; init; } = "";

    /// <summary>Wall-clock time after which it is killed; compilation is not in it. Default: 10 s.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that it may write to standard output, and to standard error. Default: 64 KiB.</summary>
    public int OutputLimit { get; init; } = 64 << 10;
}

/// <summary>How a program ended.</summary>
public enum Verdict
{
    /// <summary>It ended by itself with exit code 0.</summary>
    Passed,

    /// <summary>It ended by itself with another exit code, or did not compile.</summary>
    Failed,

    /// <summary>It was killed because its time was up.</summary>
    TimedOut,

    /// <summary>It was killed, or gave up, because it asked for more memory than it may have.</summary>
    OutOfMemory,

    /// <summary>It was killed because it wrote more than it may.</summary>
    OutputLimit,

    /// <summary>A signal ended it, such as a segmentation fault.</summary>
    Crashed,

    /// <summary>It was not run, through no fault of its own. Never counted as wrong.</summary>
    SandboxUnavailable,
}

/// <summary>What a program did.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="Output">Standard output, at most the limit; bytes that are no UTF-8 become U+FFFD.</param>
/// <param name="Error">Standard error, likewise; of a program that did not compile, the compiler's messages.</param>
/// <param name="ExitCode">Exit code; null when it did not end by itself.</param>
/// <param name="Elapsed">Wall-clock time of the program itself.</param>
/// <param name="Reason">For <see cref="Verdict.SandboxUnavailable"/>: why, and what would help; null otherwise.</param>
public sealed record ProgramRun(Verdict Verdict, string Output, string Error, int? ExitCode, TimeSpan Elapsed, string? Reason = null)
{
    /// <summary>The verdict and the last line of standard error that is not indented, in one line.</summary>
    public string Summary => Reason ?? (Error.Split('\n').LastOrDefault(line => line.Length > 0 && !char.IsWhiteSpace(line[0])) is { } line ? $"{Verdict}: {line.TrimEnd()}" : Verdict.ToString());

    /// <summary>A run that never was.</summary>
    public static ProgramRun Unavailable(string reason) => new(Verdict.SandboxUnavailable, "", "", null, TimeSpan.Zero, reason);
}
