using Microsoft.Extensions.Logging;

namespace Nola.Grains.Scheduling;

internal static partial class SchedulerLog
{
    [LoggerMessage(1, LogLevel.Information, "Silo {Silo} offers {Devices} devices.")]
    public static partial void SiloJoined(this ILogger logger, string silo, int devices);

    [LoggerMessage(2, LogLevel.Warning, "Silo {Silo} is gone; its {Leases} trials go to other slots.")]
    public static partial void SiloLost(this ILogger logger, string silo, int leases);

    [LoggerMessage(3, LogLevel.Warning, "Lease {Epoch} of trial {Trial} is no longer held by its silo; the trial gets a new one.")]
    public static partial void LeaseLost(this ILogger logger, string trial, long epoch);

    [LoggerMessage(4, LogLevel.Warning, "Trial {Trial} could not be handed to its silo.")]
    public static partial void HandoverFailed(this ILogger logger, Exception exception, string trial);
}
