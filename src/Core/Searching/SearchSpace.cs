using System.Text.Json.Serialization;

namespace Nola.Core.Searching;

/// <summary>The parameters of a search in the order of the spec file.</summary>
/// <param name="Parameters">Names are unique.</param>
[GenerateSerializer]
[Alias("nola.SearchSpace")]
public sealed record SearchSpace([property: Id(0)] ImmutableArray<SearchParameter> Parameters);

/// <summary>One parameter of a search and the values it may take.</summary>
/// <param name="Name">As it stands in a spec file's <c>space</c>.</param>
/// <param name="Values">The values.</param>
/// <param name="When">When the parameter exists at all; null for always.</param>
[GenerateSerializer]
[Alias("nola.SearchParameter")]
public sealed record SearchParameter([property: Id(0)] string Name, [property: Id(1)] Distribution Values, [property: Id(2)] Condition? When = null);

/// <summary>Another parameter must have one of these values.</summary>
/// <param name="Parameter">Name of a parameter of the same space.</param>
/// <param name="Values">The values with which the condition holds.</param>
[GenerateSerializer]
[Alias("nola.Condition")]
public sealed record Condition([property: Id(0)] string Parameter, [property: Id(1)] ImmutableArray<ParameterValue> Values);

/// <summary>The values a parameter may take. One class per shape.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Choices), "choices")]
[JsonDerivedType(typeof(FloatRange), "float")]
[JsonDerivedType(typeof(IntegerRange), "integer")]
[GenerateSerializer]
[Alias("nola.Distribution")]
public abstract record Distribution;

/// <summary>One of a list of values.</summary>
[GenerateSerializer]
[Alias("nola.Choices")]
public sealed record Choices([property: Id(0)] ImmutableArray<ParameterValue> Values) : Distribution;

/// <summary>A number in [Low, High]; uniform, or uniform in its logarithm; on a grid of Low + k·Step when Step is set.</summary>
[GenerateSerializer]
[Alias("nola.FloatRange")]
public sealed record FloatRange(
    [property: Id(0)] double Low, [property: Id(1)] double High, [property: Id(2)] bool Log = false, [property: Id(3)] double? Step = null) : Distribution;

/// <summary>An integer in [Low, High]; uniform, or uniform in its logarithm; Low + k·Step.</summary>
[GenerateSerializer]
[Alias("nola.IntegerRange")]
public sealed record IntegerRange(
    [property: Id(0)] long Low, [property: Id(1)] long High, [property: Id(2)] bool Log = false, [property: Id(3)] long Step = 1) : Distribution;
