using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary>What <c>nola</c> tells the shell.</summary>
internal static class ExitCodes
{
    /// <summary>Done; every trial came to an end of its own, by a budget or by a pruner.</summary>
    public const int Success = 0;

    /// <summary>Some trials failed, diverged or were cancelled.</summary>
    public const int TrialsFailed = 1;

    /// <summary><c>nola data verify</c>: some programs do not give the stored output.</summary>
    public const int OutputsDiffer = 1;

    /// <summary>The spec file or the command line is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>The store, the cluster or the sandbox cannot be used.</summary>
    public const int Engine = 3;

    /// <summary>Interrupted or paused; nothing is lost, and <c>nola resume</c> goes on.</summary>
    public const int Interrupted = 130;

    /// <summary>That of an experiment which no longer runs.</summary>
    public static int Of(ExperimentStatus status) => status switch
    {
        { State: ExperimentState.Paused } => Interrupted,
        { State: ExperimentState.Cancelled } or { Counts: { Failed: > 0 } or { Diverged: > 0 } or { Cancelled: > 0 } } => TrialsFailed,
        _ => Success,
    };
}
