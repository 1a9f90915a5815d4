namespace Nola.Core.Experiments;

/// <summary>When a study starts no more trials; the first rule that holds counts, and running trials go on to their ends.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.StopRule")]
public sealed record StopRule
{
    /// <summary>Time since the study planned its first trial, pauses counted; null for no limit.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>A value of the objective, mean over the seeds, that is good enough; null for none.</summary>
    public double? Target { get; init; }

    /// <summary>Sets of hyperparameters in a row that brought nothing better; null for no limit.</summary>
    public int? Plateau { get; init; }

    /// <summary>How much better than the best before counts against the plateau, in units of the objective. Default: 0, anything better.</summary>
    public double LeastGain { get; init; }
}
