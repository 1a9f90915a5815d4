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

/// <summary>How many more trials of a study may run.</summary>
/// <param name="Permits">Trials that may start or, if the pruner has paused them, go on.</param>
/// <param name="IsPaused">Whether the experiment is paused.</param>
/// <param name="Starts">How many of the permits may go to new trials.</param>
/// <param name="IsLast">Whether no further trials will ever be started.</param>
[GenerateSerializer]
[Alias("nola.Permission")]
public sealed record Permission([property: Id(0)] int Permits, [property: Id(1)] bool IsPaused, [property: Id(2)] int Starts = 0, [property: Id(3)] bool IsLast = false);
