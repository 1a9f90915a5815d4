using Microsoft.Extensions.Logging;

namespace Nola.Grains.Execution;

internal static partial class TrialExecutorLog
{
    [LoggerMessage(21, LogLevel.Warning, "Attempt {Epoch} of trial {Trial} was lost.")]
    public static partial void AttemptLost(this ILogger logger, Exception exception, string trial, long epoch);

    [LoggerMessage(22, LogLevel.Warning, "The control plane did not take a message of trial {Trial}; trying again.")]
    public static partial void ControlPlaneFault(this ILogger logger, Exception exception, string trial);

    [LoggerMessage(23, LogLevel.Warning, "The scheduler did not take this silo's report; trying again.")]
    public static partial void ReportFailed(this ILogger logger, Exception exception);

    [LoggerMessage(24, LogLevel.Error, "The runner of trial {Trial} failed unexpectedly; the trial fails.")]
    public static partial void RunnerFailed(this ILogger logger, Exception exception, string trial);
}
