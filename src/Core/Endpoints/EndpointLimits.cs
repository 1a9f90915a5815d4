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

    /// <summary>Limits that keep both: of each the lower one, and the longer cool-down.</summary>
    public static EndpointLimits Strictest(EndpointLimits one, EndpointLimits other) => new()
    {
        Start = Math.Min(one.Start, other.Start),
        Minimum = Math.Min(one.Minimum, other.Minimum),
        Maximum = Math.Min(one.Maximum, other.Maximum),
        RequestsPerMinute = (int?)Lower(one.RequestsPerMinute, other.RequestsPerMinute),
        TokensPerMinute = Lower(one.TokensPerMinute, other.TokensPerMinute),
        CoolDown = one.CoolDown > other.CoolDown ? one.CoolDown : other.CoolDown,
    };

    private static long? Lower(long? one, long? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);
}
