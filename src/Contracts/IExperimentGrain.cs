using Nola.Core.Experiments;
using Nola.Core.Trials;
using Orleans.Concurrency;

namespace Nola.Contracts;

/// <summary>One experiment; its key is the experiment's id.</summary>
[Alias("nola.IExperimentGrain")]
public interface IExperimentGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the experiment and starts it; returns at once. Submitting the same spec under the same id again changes nothing.
    /// Throws <see cref="SubmissionRefusedException"/> when the id is taken by another spec or no device could ever run its trials.
    /// </summary>
    [Alias("Submit"), ResponseTimeout("00:00:30")]
    Task Submit(ExperimentSpec spec);

    /// <summary>Where it stands; null when nothing was submitted under this id.</summary>
    [Alias("GetStatus"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<ExperimentStatus?> GetStatus();

    /// <summary>The spec as submitted; null when nothing was submitted under this id.</summary>
    [Alias("GetSpec"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<ExperimentSpec?> GetSpec();

    /// <summary>Finished trials of one study, in order of ending, a page at a time. An empty page ends the listing.</summary>
    [Alias("GetTrials"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<ImmutableArray<TrialRecord>> GetTrials(int study, int skip, int take);

    /// <summary>Stops starting trials, lets running ones save a checkpoint and gives up their slots.</summary>
    [Alias("Pause"), ResponseTimeout("00:00:30")]
    Task Pause();

    /// <summary>Goes on after a pause.</summary>
    [Alias("Resume"), ResponseTimeout("00:00:30")]
    Task Resume();

    /// <summary>Ends every unfinished trial as cancelled.</summary>
    [Alias("Cancel"), ResponseTimeout("00:00:30")]
    Task Cancel();
}

/// <summary>The experiment was not accepted; the message tells why and what would help.</summary>
[GenerateSerializer]
[Alias("nola.SubmissionRefused")]
public sealed class SubmissionRefusedException(string message) : Exception(message);
