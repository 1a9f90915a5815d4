using Microsoft.Extensions.Logging;

namespace Nola.Silo.Reasoning;

internal static partial class ReasoningLog
{
    [LoggerMessage(41, LogLevel.Warning, "The limits of an endpoint could not be asked for; trying again.")]
    public static partial void LimitsUnknown(this ILogger logger, Exception exception);
}
