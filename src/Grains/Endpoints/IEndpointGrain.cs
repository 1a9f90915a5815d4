using Nola.Core.Endpoints;

namespace Nola.Grains.Endpoints;

/// <summary>Shares what one account of an endpoint allows among the silos that call it; its key names the account.</summary>
[Alias("nola.IEndpointGrain")]
public interface IEndpointGrain : IGrainWithStringKey
{
    /// <summary>A silo tells what it did and needs, and learns what it may do until it asks again.</summary>
    [Alias("Exchange"), ResponseTimeout("00:00:05")]
    Task<EndpointShare> Exchange(EndpointDemand demand);
}

/// <summary>What a silo did since it last asked, and what it needs.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.EndpointDemand")]
public sealed record EndpointDemand
{
    /// <summary>Name of the silo.</summary>
    public required string Silo { get; init; }

    /// <summary>What the account allows, as the spec says.</summary>
    public required EndpointLimits Limits { get; init; }

    /// <summary>Requests at once that it was last allowed.</summary>
    public int Allowed { get; init; }

    /// <summary>Requests in flight.</summary>
    public int InFlight { get; init; }

    /// <summary>Calls that wait to be sent.</summary>
    public int Waiting { get; init; }

    /// <summary>Tokens of these by estimate.</summary>
    public long WaitingTokens { get; init; }

    /// <summary>Tokens of the first of these.</summary>
    public long NextTokens { get; init; }

    /// <summary>Requests that it may still send.</summary>
    public int SpareRequests { get; init; }

    /// <summary>Tokens that it may still use; below zero when calls used more than was estimated.</summary>
    public long SpareTokens { get; init; }

    /// <summary>Requests answered since it last asked.</summary>
    public int Clean { get; init; }

    /// <summary>Whether a request was refused because of a limit since it last asked.</summary>
    public bool WasThrottled { get; init; }
}

/// <summary>What a silo may do.</summary>
/// <param name="Concurrency">Requests at once.</param>
/// <param name="Requests">Requests that it may send beyond its spare ones; null without a limit.</param>
/// <param name="Tokens">Tokens that it may use beyond its spare ones; null without a limit.</param>
/// <param name="ValidFor">After so long without an answer it may send nothing more.</param>
[GenerateSerializer]
[Alias("nola.EndpointShare")]
public sealed record EndpointShare([property: Id(0)] int Concurrency, [property: Id(1)] int? Requests, [property: Id(2)] long? Tokens, [property: Id(3)] TimeSpan ValidFor);
