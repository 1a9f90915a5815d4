namespace Nola.Core.Endpoints;

/// <summary>What an endpoint's account allows.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.EndpointLimits")]
public sealed record EndpointLimits
{
    /// <summary>Requests at once at the beginning. Default: 20.</summary>
    public int Start { get; init; } = 20;

    /// <summary>Fewest requests at once. Default: 1.</summary>
    public int Minimum { get; init; } = 1;

    /// <summary>Most requests at once. Default: 100.</summary>
    public int Maximum { get; init; } = 100;

    /// <summary>Requests a minute; null for no limit. Default: null.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, prompt and completion; null for no limit. Default: null.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Time after a decrease in which further refusals belong to the same episode and change nothing. Default: 15 s.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromSeconds(15);
}
