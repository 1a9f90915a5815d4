using Microsoft.Extensions.Logging;
using Nola.Core.Devices;
using Nola.Grains.Hosting;
using Nola.Grains.Placement;
using Nola.Silo.Health;
using Nola.Silo.Hosting;

namespace Nola.Silo.Workers;

/// <summary>
/// Starts one worker per device when the silo starts. Devices whose worker cannot train are not offered, and the silo says why; the others are warm.
/// </summary>
internal sealed partial class DeviceTest(SiloSettings settings, WorkerPool pool, SiloHealth health, ILogger<DeviceTest> logger)
{
    /// <summary>Tests all devices side by side; the silo is ready when it returns.</summary>
    public async Task<DeviceOffer> Run(CancellationToken cancellation)
    {
        var faults = await Task.WhenAll(settings.Devices.Select(device => Test(device, cancellation)));
        var broken = settings.Devices.Zip(faults).Where(pair => pair.Second is not null).ToArray();
        // The same sentence for eight devices is told once.
        var notice = broken.Length == 0 ? null : string.Join(' ', broken.GroupBy(pair => pair.Second!).Select(group => $"No trials train on {string.Join(", ", group.Select(pair => pair.First.Id))}: {group.Key}"));
        if (notice is not null)
            Broken(notice);
        health.BecomeReady(notice);
        ImmutableArray<Device> light = settings.Role == SiloRole.Control ? [] : [NolaGrainsOptions.LightDevice];
        return new([.. light, .. settings.Devices.Except(broken.Select(pair => pair.First))], notice);
    }

    private async Task<string?> Test(Device device, CancellationToken cancellation)
    {
        try
        {
            await pool.Take(device, 0, cancellation);
            return null;
        }
        catch (WorkerException fault)
        {
            return fault.Message;
        }
    }

    [LoggerMessage(31, LogLevel.Error, "{Notice}")]
    private partial void Broken(string notice);
}
