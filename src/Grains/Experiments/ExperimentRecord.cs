using Nola.Core.Experiments;
using Nola.Grains.Studies;

namespace Nola.Grains.Experiments;

/// <summary>What an experiment stores.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ExperimentRecord")]
public sealed class ExperimentRecord
{
    public int Schema { get; set; } = 1;
    public ExperimentSpec? Spec { get; set; }
    public ExperimentState State { get; set; }
    public DateTimeOffset SubmittedAt { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Versions of Nola and .NET on the silo that accepted it.</summary>
    public string Software { get; set; } = "";

    /// <summary>Running time before <see cref="RunningSince"/>.</summary>
    public TimeSpan Elapsed { get; set; }

    public DateTimeOffset? RunningSince { get; set; }

    /// <summary>Studies opened so far; the others have not begun.</summary>
    public int Opened { get; set; }

    /// <summary>The cap that ended it before all trials were started; null when none did.</summary>
    public string? StoppedBy { get; set; }

    /// <summary>Numbers of the opened studies, as of the last write.</summary>
    public List<StudySummary> Summaries { get; set; } = [];
}
