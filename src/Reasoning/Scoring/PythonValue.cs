using System.Globalization;
using System.Numerics;
using System.Text;

namespace Nola.Reasoning.Scoring;

/// <summary>A value that a Python literal denotes, equal as <c>==</c> is in Python: <c>1 == 1.0 == True</c>.</summary>
public abstract record PythonValue
{
    /// <summary>The value of a literal; null when the text is no literal.</summary>
    public static PythonValue? Parse(string text) => PythonLiteralReader.Read(text);

    /// <summary>The literal, as Python's <c>repr</c> writes it.</summary>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    internal abstract void Write(StringBuilder text);

    private protected static void WriteItems(StringBuilder text, string open, IEnumerable<PythonValue> items, string close)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                text.Append(", ");
            first = false;
            item.Write(text);
        }

        text.Append(close);
    }
}

/// <summary>The literal <c>None</c>.</summary>
public sealed record PythonNone : PythonValue
{
    internal override void Write(StringBuilder text) => text.Append("None");
}

/// <summary>A truth value, integer or real number. Equality is that of the numbers.</summary>
public sealed record PythonNumber(PythonNumberKind Kind, BigInteger Integer, double Real) : PythonValue
{
    public static PythonNumber Of(bool value) => new(PythonNumberKind.Boolean, value ? 1 : 0, value ? 1 : 0);

    public static PythonNumber Of(int value) => Of(new BigInteger(value));

    public static PythonNumber Of(BigInteger value) => new(PythonNumberKind.Integer, value, (double)value);

    public static PythonNumber Of(double value) =>
        new(PythonNumberKind.Real, double.IsInteger(value) ? new BigInteger(value) : BigInteger.Zero, value);

    public bool Equals(PythonNumber? other) => other is not null && (IsWhole && other.IsWhole
        ? Integer == other.Integer
        : !IsWhole && !other.IsWhole && Real == other.Real);

    public override int GetHashCode() => IsWhole ? Integer.GetHashCode() : Real.GetHashCode();

    internal override void Write(StringBuilder text) => text.Append(Kind switch
    {
        PythonNumberKind.Boolean => Integer.IsZero ? "False" : "True",
        PythonNumberKind.Integer => Integer.ToString(CultureInfo.InvariantCulture),
        _ when double.IsInfinity(Real) => Real > 0 ? "1e999" : "-1e999",
        _ when double.IsInteger(Real) && Math.Abs(Real) < 1e16 => Real.ToString("F1", CultureInfo.InvariantCulture),
        _ => Real.ToString("R", CultureInfo.InvariantCulture),
    });

    private bool IsWhole => Kind != PythonNumberKind.Real || double.IsInteger(Real);
}

/// <summary>What kind of number a <see cref="PythonNumber"/> is.</summary>
public enum PythonNumberKind
{
    /// <summary><c>bool</c>.</summary>
    Boolean,

    /// <summary><c>int</c>.</summary>
    Integer,

    /// <summary><c>float</c>.</summary>
    Real,
}

/// <summary>A string, or bytes with one char a byte.</summary>
public sealed record PythonText(string Value, bool IsBytes = false) : PythonValue
{
    internal override void Write(StringBuilder text)
    {
        var quote = Value.Contains('\'', StringComparison.Ordinal) && !Value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(IsBytes ? "b" : "").Append(quote);
        foreach (var letter in Value)
            text.Append(letter switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when letter == quote => "\\" + letter,
                _ when letter < ' ' || letter == 127 || (IsBytes && letter > 127) => $"\\x{(int)letter:x2}",
                _ => letter.ToString(),
            });
        text.Append(quote);
    }
}

/// <summary>A list or a tuple; the two are never equal.</summary>
public sealed record PythonSequence(bool IsTuple, ImmutableArray<PythonValue> Items) : PythonValue
{
    public bool Equals(PythonSequence? other) => other is not null && IsTuple == other.IsTuple && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Aggregate(IsTuple ? 1 : 2, HashCode.Combine);

    internal override void Write(StringBuilder text) =>
        WriteItems(text, IsTuple ? "(" : "[", Items, !IsTuple ? "]" : Items.Length == 1 ? ",)" : ")");
}

/// <summary>A set; order does not matter.</summary>
public sealed record PythonSet(ImmutableHashSet<PythonValue> Items) : PythonValue
{
    public bool Equals(PythonSet? other) => other is not null && Items.SetEquals(other.Items);

    public override int GetHashCode() => Items.Count;

    internal override void Write(StringBuilder text)
    {
        if (Items.IsEmpty)
            text.Append("set()");
        else
            WriteItems(text, "{", Items.OrderBy(item => item.ToString(), StringComparer.Ordinal), "}");
    }
}

/// <summary>A dictionary; order does not matter, and the last of equal keys wins.</summary>
public sealed record PythonDictionary(ImmutableDictionary<PythonValue, PythonValue> Items) : PythonValue
{
    public bool Equals(PythonDictionary? other) => other is not null && Items.Count == other.Items.Count
        && Items.All(item => other.Items.TryGetValue(item.Key, out var value) && value.Equals(item.Value));

    public override int GetHashCode() => Items.Count;

    internal override void Write(StringBuilder text)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in Items.OrderBy(item => item.Key.ToString(), StringComparer.Ordinal))
        {
            if (!first)
                text.Append(", ");
            first = false;
            key.Write(text);
            text.Append(": ");
            value.Write(text);
        }

        text.Append('}');
    }
}
