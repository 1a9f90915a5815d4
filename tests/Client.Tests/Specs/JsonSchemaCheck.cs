using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Nola.Client.Tests.Specs;

/// <summary>
/// Says where a JSON value breaks a JSON Schema (2020-12). Knows the keywords that the spec's schema uses and refuses any other, so it cannot pass by ignorance.
/// </summary>
/// <remarks>No package for JSON Schema is on every source; Python's jsonschema 4.26 agreed with it on all examples and on the wrong specs.</remarks>
public sealed class JsonSchemaCheck(JsonObject root)
{
    /// <summary>The faults of a value; empty when it fits.</summary>
    public IEnumerable<string> FaultsOf(JsonNode? value) => Faults(root, value, "$");

    private IEnumerable<string> Faults(JsonObject schema, JsonNode? value, string place) => schema.SelectMany(rule => Faults(schema, rule.Key, rule.Value!, value, place));

    private IEnumerable<string> Faults(JsonObject schema, string keyword, JsonNode rule, JsonNode? value, string place)
    {
        switch (keyword)
        {
            case "$schema" or "title" or "description" or "$defs":
                return [];
            case "$ref":
                return Faults((JsonObject)root["$defs"]![rule.GetValue<string>()["#/$defs/".Length..]]!, value, place);
            case "anyOf":
                return rule.AsArray().Any(choice => !Faults((JsonObject)choice!, value, place).Any()) ? [] : [$"{place}: fits none of the choices"];
            case "type":
                return (rule as JsonArray)?.Select(type => type!.GetValue<string>()).Contains(TypeOf(value)) ?? IsOfType(rule.GetValue<string>(), value) ? [] : [$"{place}: is no {rule}"];
            case "enum":
                return rule.AsArray().Any(choice => JsonNode.DeepEquals(choice, value)) ? [] : [$"{place}: is none of {rule.ToJsonString()}"];
            case "pattern":
                return TypeOf(value) != "string" || Regex.IsMatch(value!.GetValue<string>(), rule.GetValue<string>()) ? [] : [$"{place}: does not match {rule}"];
            case "minimum":
                return Number(value) is not { } least || least >= (double)rule ? [] : [$"{place}: is below {rule}"];
            case "exclusiveMinimum":
                return Number(value) is not { } above || above > (double)rule ? [] : [$"{place}: is not above {rule}"];
            case "maximum":
                return Number(value) is not { } most || most <= (double)rule ? [] : [$"{place}: is above {rule}"];
            case "items":
                return value is JsonArray items ? items.SelectMany((item, index) => Faults((JsonObject)rule, item, $"{place}[{index}]")) : [];
            case "minItems":
                return value is JsonArray list && list.Count < (int)rule ? [$"{place}: has too few items"] : [];
            case "minProperties":
                return value is JsonObject few && few.Count < (int)rule ? [$"{place}: has too few keys"] : [];
            case "maxProperties":
                return value is JsonObject many && many.Count > (int)rule ? [$"{place}: has too many keys"] : [];
            case "required":
                return value is JsonObject map ? rule.AsArray().Where(key => !map.ContainsKey(key!.GetValue<string>())).Select(key => $"{place}: lacks {key}") : [];
            case "properties":
                return value is JsonObject keys ? keys.Where(item => rule.AsObject().ContainsKey(item.Key)).SelectMany(item => Faults((JsonObject)rule[item.Key]!, item.Value, $"{place}.{item.Key}")) : [];
            case "additionalProperties":
                return value is JsonObject all
                    ? all.Where(item => schema["properties"] is not JsonObject known || !known.ContainsKey(item.Key))
                        .SelectMany(item => rule is JsonObject other ? Faults(other, item.Value, $"{place}.{item.Key}") : [$"{place}: has the unknown key {item.Key}"])
                    : [];
            default:
                throw new NotSupportedException($"This check does not know the keyword '{keyword}'.");
        }
    }

    private static bool IsOfType(string type, JsonNode? value) =>
        type == TypeOf(value) || (type == "integer" && Number(value) is { } number && number == Math.Truncate(number));

    private static double? Number(JsonNode? value) => TypeOf(value) == "number" ? double.Parse(value!.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        System.Text.Json.JsonValueKind.Object => "object",
        System.Text.Json.JsonValueKind.Array => "array",
        System.Text.Json.JsonValueKind.String => "string",
        System.Text.Json.JsonValueKind.Number => "number",
        _ => "boolean",
    };
}
