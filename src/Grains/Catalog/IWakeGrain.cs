namespace Nola.Grains.Catalog;

/// <summary>Wakes experiments after a crash; the catalog is the one that knows which are unfinished. Key 0.</summary>
[Alias("nola.IWakeGrain")]
public interface IWakeGrain : IGrainWithIntegerKey
{
    /// <summary>Pokes every experiment that should be running; called every few seconds while any silo is up.</summary>
    [Alias("WakeUnfinished"), ResponseTimeout("00:00:30")]
    Task WakeUnfinished();

    /// <summary>Drops an experiment that was announced and never stored.</summary>
    [Alias("Forget"), ResponseTimeout("00:00:10")]
    Task Forget(string id);
}
