using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nola.Reasoning.Endpoints;

/// <summary>Identifies a call by its content.</summary>
public static class CallKey
{
    /// <summary>SHA-256 in hexadecimal over endpoint, model, the body with its keys in order, and the number of the sample.</summary>
    /// <param name="endpoint">Address or file, without secrets.</param>
    /// <param name="model">Model, with its revision where it is known.</param>
    /// <param name="body">The request; the order of its keys does not matter.</param>
    /// <param name="sample">Number of the sample, from 0.</param>
    public static string Of(string endpoint, string model, JsonNode body, int sample) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new object?[] { endpoint, model, Canonical(body), sample }))));

    private static JsonNode? Canonical(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, Canonical(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Canonical)]),
        _ => node?.DeepClone(),
    };
}
