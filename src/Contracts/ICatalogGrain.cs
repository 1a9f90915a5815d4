using Nola.Core.Experiments;

namespace Nola.Contracts;

/// <summary>The list of all experiments of a store; there is one, with key 0.</summary>
[Alias("nola.ICatalogGrain")]
public interface ICatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Ids of all experiments, newest first.</summary>
    [Alias("List"), ResponseTimeout("00:00:30")]
    Task<ImmutableArray<CatalogEntry>> List();

    /// <summary>An id for a new experiment of that name: the name itself, or the name with the first free number from 2 behind it.</summary>
    [Alias("NewId"), ResponseTimeout("00:00:30")]
    Task<string> NewId(string name);

    /// <summary>Notes an experiment's state; called by experiments themselves.</summary>
    [Alias("Note"), ResponseTimeout("00:00:30")]
    Task Note(CatalogEntry entry);
}

/// <summary>One line of the catalog.</summary>
[GenerateSerializer]
[Alias("nola.CatalogEntry")]
public sealed record CatalogEntry(
    [property: Id(0)] string Id, [property: Id(1)] ExperimentState State, [property: Id(2)] DateTimeOffset SubmittedAt, [property: Id(3)] DateTimeOffset? EndedAt);
