using Nola.Grains.Studies;

namespace Nola.Grains.Experiments;

/// <summary>An experiment as its studies and the catalog see it; its key is the experiment's id.</summary>
[Alias("nola.IExperimentControlGrain")]
public interface IExperimentControlGrain : IGrainWithStringKey
{
    /// <summary>A study tells its numbers and asks for permits to start trials.</summary>
    [Alias("Report"), ResponseTimeout("00:00:20")]
    Task<Permission> Report(StudySummary summary);

    /// <summary>Makes sure that it is at work, and checks the wall clock.</summary>
    [Alias("Poke"), ResponseTimeout("00:00:20")]
    Task Poke();
}

/// <summary>How many more trials a study may start.</summary>
[GenerateSerializer]
[Alias("nola.Permission")]
public sealed record Permission([property: Id(0)] int Permits, [property: Id(1)] bool IsPaused);
