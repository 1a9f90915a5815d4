using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Client.Views;

/// <summary>An experiment at one moment, and which trials have ended since the moment before.</summary>
internal sealed record Snapshot(ExperimentStatus Status, IReadOnlyList<FinishedTrial> News);

/// <summary>A trial that has ended, with its study.</summary>
internal sealed record FinishedTrial(StudyStatus Study, TrialRecord Trial);
