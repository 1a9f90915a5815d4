namespace Nola.Grains.Scheduling;

/// <summary>What the scheduler stores: enough that epochs never repeat.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.SchedulerState")]
public sealed class SchedulerState
{
    public int Schema { get; set; } = 1;

    /// <summary>Times the scheduler was activated.</summary>
    public long Generation { get; set; }
}
