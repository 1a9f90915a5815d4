using Nola.Client.Hosting;
using Nola.Client.Views;
using Nola.Contracts;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary>Experiments of this machine whose process was killed: they would go on by themselves and take slots from the one asked for.</summary>
internal static class Abandoned
{
    /// <summary>Pauses them and says so. Nothing is done to a cluster's experiments.</summary>
    public static async Task Pause(Engine engine, string? exceptFor, Terminal terminal)
    {
        if (!engine.IsHere)
            return;
        foreach (var entry in await engine.Catalog.List())
        {
            if (entry.State is not (ExperimentState.Running or ExperimentState.Queued) || entry.Id == exceptFor)
                continue;
            await engine.Grains.GetGrain<IExperimentGrain>(entry.Id).Pause();
            terminal.Note($"{entry.Id} was interrupted earlier and waits; go on with: nola resume {entry.Id}{engine.Options}");
        }
    }
}
