using System.Globalization;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Grains.Experiments;
using Nola.Grains.Placement;

namespace Nola.Grains.Catalog;

/// <summary>What the catalog stores.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.CatalogState")]
public sealed class CatalogState
{
    public int Schema { get; set; } = 1;
    public List<CatalogEntry> Entries { get; set; } = [];
}

/// <summary>Lists experiments and wakes the unfinished ones; see <see cref="ICatalogGrain"/>.</summary>
[GrainType("nola.catalog")]
[NotOnWorkers]
internal sealed class CatalogGrain([PersistentState("catalog")] IPersistentState<CatalogState> stored) : Grain, ICatalogGrain, IWakeGrain
{
    private readonly HashSet<string> promised = [];

    public Task<ImmutableArray<CatalogEntry>> List() =>
        Task.FromResult(stored.State.Entries.OrderByDescending(entry => entry.SubmittedAt).ToImmutableArray());

    public Task<string> NewId(string name)
    {
        var id = name;
        for (var number = 2; promised.Contains(id) || stored.State.Entries.Any(entry => entry.Id == id); number++)
            id = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        promised.Add(id);
        return Task.FromResult(id);
    }

    public async Task Note(CatalogEntry entry)
    {
        var entries = stored.State.Entries;
        var index = entries.FindIndex(known => known.Id == entry.Id);
        if (index < 0)
            entries.Add(entry);
        else if (entries[index] != entry)
            entries[index] = entry;
        else
            return;
        await Write();
    }

    public async Task Forget(string id)
    {
        if (stored.State.Entries.RemoveAll(entry => entry.Id == id) > 0)
            await Write();
    }

    public Task WakeUnfinished()
    {
        foreach (var entry in stored.State.Entries.Where(entry => entry.State is ExperimentState.Queued or ExperimentState.Running))
            GrainFactory.GetGrain<IExperimentControlGrain>(entry.Id).Poke().Ignore();
        return Task.CompletedTask;
    }

    // What could not be stored must not stay in memory either: the next call reads the store again.
    private async Task Write()
    {
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
