using System.Globalization;
using System.Text;
using Nola.Reasoning.Problems;

namespace Nola.Reasoning.Sandbox;

/// <summary>Tells from what the keeper saw how a program ended.</summary>
internal static class ProgramVerdict
{
    private const int TooMuchProcessorTime = 24;

    // The signals by which programs die; bubblewrap gives 128 and the signal. Other codes above 128 are exit codes.
    private static readonly int[] DeadlySignals = [3, 4, 5, 6, 7, 8, 9, 11, TooMuchProcessorTime, 25, 31];

    public static ProgramRun Of(KeeperAnswer answer, ProgramLanguage language)
    {
        string output = Encoding.UTF8.GetString(answer.Output), error = Encoding.UTF8.GetString(answer.Error);
        if (answer.Killed is "closed" or "stopped")
            return ProgramRun.Unavailable("the sandbox was closed");
        if (!answer.Ready)
            return ProgramRun.Unavailable($"the sandbox is unavailable: {NotStarted(answer, error.Trim())}");
        if (answer.Killed is null && answer is { Memory: false, Status: < 0 })
            return ProgramRun.Unavailable("the sandbox was killed from outside");
        var verdict = Verdict(answer, language, output, error);
        return new(verdict, output, error, verdict is Sandbox.Verdict.Passed or Sandbox.Verdict.Failed ? answer.Status : null, TimeSpan.FromSeconds(answer.Seconds));
    }

    private static Verdict Verdict(KeeperAnswer answer, ProgramLanguage language, string output, string error) => answer switch
    {
        { Killed: "output" } => Sandbox.Verdict.OutputLimit,
        { Memory: true } => Sandbox.Verdict.OutOfMemory,
        { Killed: "time" } => Sandbox.Verdict.TimedOut,
        { Status: 0 } => Sandbox.Verdict.Passed,
        { Status: 1 } when language == ProgramLanguage.Python && LastLine(error).StartsWith("MemoryError", StringComparison.Ordinal) => Sandbox.Verdict.OutOfMemory,
        { Status: 3 } when language == ProgramLanguage.Java && output.Contains("java.lang.OutOfMemoryError", StringComparison.Ordinal) => Sandbox.Verdict.OutOfMemory,
        { Status: 1 } when language == ProgramLanguage.Java && error.Contains(" java.lang.OutOfMemoryError", StringComparison.Ordinal) => Sandbox.Verdict.OutOfMemory,
        { Status: 128 + TooMuchProcessorTime } => Sandbox.Verdict.TimedOut,
        { Status: { } status } when DeadlySignals.Contains(status - 128) => Sandbox.Verdict.Crashed,
        _ => Sandbox.Verdict.Failed,
    };

    private static string NotStarted(KeeperAnswer answer, string error) =>
        answer.Killed == "start" && error.Length == 0 ? "it was not ready within a minute"
        : error.Length > 0 ? $"it did not start: {error}"
        : string.Create(CultureInfo.InvariantCulture, $"it did not start: its first process ended with {(answer.Status < 0 ? "signal" : "code")} {Math.Abs(answer.Status ?? 0)} and told no reason");

    private static string LastLine(string text) => text.TrimEnd() is var trimmed ? trimmed[(trimmed.LastIndexOf('\n') + 1)..] : "";
}
