using Microsoft.Extensions.Logging;

namespace Nola.Grains.Studies;

internal static partial class StudyLog
{
    [LoggerMessage(11, LogLevel.Warning, "Study {Study} could not be stored; it goes on from what is stored.")]
    public static partial void WriteFailed(this ILogger logger, Exception exception, string study);

    [LoggerMessage(12, LogLevel.Warning, "Study {Study} was interrupted and tries again.")]
    public static partial void WorkInterrupted(this ILogger logger, Exception exception, string study);
}
