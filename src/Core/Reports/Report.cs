using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Core.Reports;

/// <summary>What an experiment has found: one row per study.</summary>
public sealed record Report
{
    public required string Experiment { get; init; }
    public required string Task { get; init; }
    public required ExperimentState State { get; init; }
    public required Objective Objective { get; init; }
    public DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What the metrics were measured on, such as <c>the test split</c>; empty for tasks without data.</summary>
    public string MeasuredOn { get; init; } = "";

    /// <summary>Running time, pauses not counted.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Trials by how they ended, over all studies.</summary>
    public OutcomeCounts Outcomes { get; init; } = OutcomeCounts.None;

    /// <summary>What all attempts of all trials used, lost ones included.</summary>
    public Usage Usage { get; init; } = Usage.None;

    /// <summary>Cost of all that by the rate card, plus money spent on calls; null without a rate card.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Currency of all costs; null without a rate card.</summary>
    public string? Currency { get; init; }

    /// <summary>Why it ended early, one sentence; null when it did not.</summary>
    public string? Notice { get; init; }

    /// <summary>Trials that failed or diverged, by study and number.</summary>
    public ImmutableArray<ReportFailure> Failures { get; init; } = [];

    /// <summary>All that is needed to run it again.</summary>
    public Provenance Provenance { get; init; } = new();

    /// <summary>The studies, in the order of the matrix.</summary>
    public ImmutableArray<ReportRow> Rows { get; init; } = [];
}

/// <summary>A trial without a result.</summary>
/// <param name="Study">Position of its study in the matrix, from 0.</param>
/// <param name="Trial">Its number in the study, from 0.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record ReportFailure(int Study, int Trial, Outcome Outcome);

/// <summary>What one study has found.</summary>
public sealed record ReportRow
{
    /// <summary>Position in the matrix, from 0.</summary>
    public required int Study { get; init; }

    /// <summary>Model / dataset / method / budget.</summary>
    public required string Name { get; init; }

    /// <summary>Null for tasks without a model.</summary>
    public string? Model { get; init; }

    /// <summary>Null for tasks without data.</summary>
    public string? Dataset { get; init; }

    public required string Method { get; init; }

    /// <summary>The per-trial budget, such as <c>8 per class</c>; empty without caps.</summary>
    public string Budget { get; init; } = "";

    /// <summary>The study's trials by how they ended.</summary>
    public OutcomeCounts Outcomes { get; init; } = OutcomeCounts.None;

    /// <summary>Trials that broke a constraint of the spec; they are in <see cref="Outcomes"/>, too, and never the best.</summary>
    public int Infeasible { get; init; }

    /// <summary>
    /// The set of hyperparameters with the best mean of the objective over its seeds on the validation split; empty without a search.
    /// </summary>
    public ImmutableSortedDictionary<string, ParameterValue> Parameters { get; init; } = ImmutableSortedDictionary<string, ParameterValue>.Empty;

    /// <summary>Metrics on the test split over the seeds of that set; empty when no trial of the study has a result.</summary>
    public ImmutableSortedDictionary<string, Statistic> Metrics { get; init; } = ImmutableSortedDictionary<string, Statistic>.Empty;

    /// <summary>Whether its mean of the objective is the best among the studies of the same dataset.</summary>
    public bool IsBest { get; init; }

    /// <summary>Training time until the best validation measurement, in seconds, over the same trials; null without a measurement.</summary>
    public Statistic? SecondsToPeak { get; init; }

    /// <summary>Sizes of the model; null for trials without one.</summary>
    public ParameterCounts? ParameterCounts { get; init; }

    /// <summary>Largest memory of any trial, in bytes; 0 when not known.</summary>
    public long PeakMemory { get; init; }

    /// <summary>Training samples per second of training time over all trials; null when none trained.</summary>
    public double? SamplesPerSecond { get; init; }

    /// <summary>What all attempts of the study's trials used.</summary>
    public Usage Usage { get; init; } = Usage.None;

    /// <summary>Cost of the study by the rate card, plus money spent on calls; null without a rate card.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Holistic efficiency, 0 to 1, among the studies of the same dataset and budget; null where time or sizes are not known. See <see cref="HolisticEfficiency"/>.</summary>
    public double? Efficiency { get; init; }
}
