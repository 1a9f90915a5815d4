namespace Nola.Client.Commands;

/// <summary>What <c>nola</c> tells the shell.</summary>
internal static class ExitCodes
{
    /// <summary>Done; every trial came to an end of its own, by a budget or by a pruner.</summary>
    public const int Success = 0;

    /// <summary>Some trials failed, diverged or were cancelled.</summary>
    public const int TrialsFailed = 1;

    /// <summary>The spec file or the command line is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>The store or the cluster cannot be used.</summary>
    public const int Engine = 3;

    /// <summary>Interrupted; nothing is lost, and <c>nola resume</c> goes on.</summary>
    public const int Interrupted = 130;
}
