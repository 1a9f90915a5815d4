using Nola.Core.Trials;

namespace Nola.Grains.Trials;

/// <summary>What a trial in flight stores; nothing is stored before its first attempt and after its end.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrialState")]
public sealed class TrialState
{
    public int Schema { get; set; } = 1;

    /// <summary>Newest epoch; 0 before the first attempt.</summary>
    public long Epoch { get; set; }

    /// <summary>Attempts begun that ran or were lost; those given up for a pause are not counted.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts lost to the machinery.</summary>
    public int Lost { get; set; }

    /// <summary>Why the last attempt was lost, one clause; null when its silo went away and could not say.</summary>
    public string? LastLoss { get; set; }

    /// <summary>Attempts that failed by themselves.</summary>
    public int OwnFailures { get; set; }

    /// <summary>Whether an attempt of <see cref="Epoch"/> is running as far as is known.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Used by attempts that have ended, as far as they told.</summary>
    public Usage EarlierUsage { get; set; } = Usage.None;

    /// <summary>Used by the running attempt, as far as it had told when this was last stored.</summary>
    public Usage Told { get; set; } = Usage.None;

    public string Place { get; set; } = "";

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Best measurement by the objective.</summary>
    public Measurement? Best { get; set; }

    /// <summary>Measurements by step; see <see cref="Curve"/>.</summary>
    public ImmutableArray<Measurement> Measurements { get; set; } = [];
}
