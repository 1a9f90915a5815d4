namespace Nola.Grains.Endpoints;

/// <summary>What an endpoint grain stores: that silos may hold shares which it has forgotten.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.EndpointState")]
public sealed class EndpointState
{
    public int Schema { get; set; } = 1;

    /// <summary>When it gave its last share at the latest, UTC; null while it is active, and after a crash.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
}
