using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nola.Core.Searching;

/// <summary>The value of one hyperparameter: a number, an integer, a text or a truth value.</summary>
[GenerateSerializer]
[Immutable]
[Alias("nola.ParameterValue")]
[JsonConverter(typeof(ParameterValueConverter))]
public readonly record struct ParameterValue
{
    [Id(0)] private readonly ParameterKind kind;
    [Id(1)] private readonly double number;
    [Id(2)] private readonly long integer;
    [Id(3)] private readonly string? text;

    private ParameterValue(ParameterKind kind, double number, long integer, string? text)
    {
        this.kind = kind;
        this.number = number;
        this.integer = integer;
        this.text = text;
    }

    public static implicit operator ParameterValue(double value) => new(ParameterKind.Number, value, 0, null);
    public static implicit operator ParameterValue(long value) => new(ParameterKind.Integer, value, value, null);
    public static implicit operator ParameterValue(int value) => (long)value;
    public static implicit operator ParameterValue(string value) => new(ParameterKind.Text, 0, 0, value);
    public static implicit operator ParameterValue(bool value) => new(ParameterKind.Truth, value ? 1 : 0, value ? 1 : 0, null);

    /// <summary>Which of the four kinds this is.</summary>
    public ParameterKind Kind => kind;

    /// <summary>Whether this is a number or an integer.</summary>
    public bool IsNumeric => kind is ParameterKind.Number or ParameterKind.Integer;

    /// <summary>The value as a number; integers convert. Throws <see cref="InvalidOperationException"/> for texts and truth values.</summary>
    public double AsNumber() => IsNumeric ? number : throw Wrong("a number");

    /// <summary>The value as an integer; a number without fraction converts.</summary>
    public long AsInteger() => kind switch
    {
        ParameterKind.Integer => integer,
        ParameterKind.Number when Math.Truncate(number) == number => (long)number,
        _ => throw Wrong("an integer"),
    };

    /// <summary>The value as a text.</summary>
    public string AsText() => kind == ParameterKind.Text ? text! : throw Wrong("a text");

    /// <summary>The value as a truth value.</summary>
    public bool AsTruth() => kind == ParameterKind.Truth ? integer == 1 : throw Wrong("true or false");

    /// <summary>The value as it would stand in a spec file.</summary>
    public override string ToString() => kind switch
    {
        ParameterKind.Number => number.ToString("R", CultureInfo.InvariantCulture),
        ParameterKind.Integer => integer.ToString(CultureInfo.InvariantCulture),
        ParameterKind.Text => text!,
        _ => integer == 1 ? "true" : "false",
    };

    private InvalidOperationException Wrong(string wanted) => new($"The parameter value {this} is not {wanted}.");
}

/// <summary>Kinds of <see cref="ParameterValue"/>.</summary>
public enum ParameterKind
{
    Number,
    Integer,
    Text,
    Truth,
}

/// <summary>Writes a parameter value as the plain JSON number, string or boolean that it is.</summary>
public sealed class ParameterValueConverter : JsonConverter<ParameterValue>
{
    public override ParameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when !reader.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E') && reader.TryGetInt64(out var integer) => integer,
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new JsonException($"A parameter value is a number, a string or a boolean, not {reader.TokenType}."),
    };

    public override void Write(Utf8JsonWriter writer, ParameterValue value, JsonSerializerOptions options)
    {
        switch (value.Kind)
        {
            case ParameterKind.Integer: writer.WriteNumberValue(value.AsInteger()); break;
            case ParameterKind.Text: writer.WriteStringValue(value.AsText()); break;
            case ParameterKind.Truth: writer.WriteBooleanValue(value.AsTruth()); break;
            default:
                // A whole number keeps its ".0", so that it comes back as a number and not as an integer.
                var number = value.AsNumber();
                if (Math.Truncate(number) == number && Math.Abs(number) < 1e15)
                    writer.WriteRawValue(number.ToString("0.0", CultureInfo.InvariantCulture));
                else
                    writer.WriteNumberValue(number);
                break;
        }
    }
}
