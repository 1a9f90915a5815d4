using System.Globalization;
using System.Numerics;
using System.Text;

namespace Nola.Reasoning.Scoring;

/// <summary>
/// Reads what Python's <c>ast.literal_eval</c> reads, complex numbers aside: numbers, strings, bytes, None, True, False, lists, tuples, dictionaries,
/// sets and <c>set()</c>, nested at most 100 deep.
/// </summary>
internal sealed class PythonLiteralReader
{
    private const int DeepestNesting = 100;
    private readonly string text;
    private int at;
    private int depth;

    private PythonLiteralReader(string text) => this.text = text;

    public static PythonValue? Read(string text)
    {
        var reader = new PythonLiteralReader(text);
        try
        {
            var value = reader.Items(atTop: true);
            reader.Skip();
            return reader.at == text.Length ? value : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Several values with commas between them are a tuple without parentheses.
    private PythonValue Items(bool atTop)
    {
        var first = Value();
        if (!atTop || !Take(','))
            return first;
        var items = ImmutableArray.CreateBuilder<PythonValue>();
        items.Add(first);
        for (Skip(); at < text.Length; Skip())
        {
            items.Add(Value());
            if (!Take(','))
                break;
        }

        return new PythonSequence(true, items.ToImmutable());
    }

    private PythonValue Value()
    {
        if (++depth > DeepestNesting)
            throw new FormatException();
        Skip();
        var value = Peek() switch
        {
            '[' => new PythonSequence(false, Sequence('[', ']', out _)),
            '(' => Parenthesised(),
            '{' => Braced(),
            '-' or '+' => Signed(),
            '\'' or '"' => Text(),
            '.' or (>= '0' and <= '9') => Number(),
            _ => Word(),
        };
        depth--;
        return value;
    }

    private PythonValue Parenthesised()
    {
        var items = Sequence('(', ')', out var endsWithComma);
        return items.Length == 1 && !endsWithComma ? items[0] : new PythonSequence(true, items);
    }

    private ImmutableArray<PythonValue> Sequence(char open, char close, out bool endsWithComma)
    {
        Expect(open);
        endsWithComma = false;
        var items = ImmutableArray.CreateBuilder<PythonValue>();
        while (!Take(close))
        {
            if (items.Count > 0 && !endsWithComma)
                throw new FormatException();
            items.Add(Value());
            endsWithComma = Take(',');
        }

        return items.ToImmutable();
    }

    private PythonValue Braced()
    {
        Expect('{');
        if (Take('}'))
            return new PythonDictionary(ImmutableDictionary<PythonValue, PythonValue>.Empty);
        var first = Hashable();
        if (!Take(':'))
        {
            var set = ImmutableHashSet.CreateBuilder<PythonValue>();
            set.Add(first);
            while (Take(',') && !IsNext('}'))
                set.Add(Hashable());
            Expect('}');
            return new PythonSet(set.ToImmutable());
        }

        var items = ImmutableDictionary.CreateBuilder<PythonValue, PythonValue>();
        items[first] = Value();
        while (Take(',') && !IsNext('}'))
        {
            var key = Hashable();
            Expect(':');
            items[key] = Value();
        }

        Expect('}');
        return new PythonDictionary(items.ToImmutable());
    }

    private PythonValue Hashable() => Value() is var key && IsHashable(key) ? key : throw new FormatException();

    private static bool IsHashable(PythonValue value) => value switch
    {
        PythonSequence sequence => sequence.IsTuple && sequence.Items.All(IsHashable),
        PythonSet or PythonDictionary => false,
        _ => true,
    };

    private PythonNumber Signed()
    {
        var negative = text[at++] == '-';
        return Value() is PythonNumber { Kind: not PythonNumberKind.Boolean } number
            ? !negative ? number : number.Kind == PythonNumberKind.Integer ? PythonNumber.Of(-number.Integer) : PythonNumber.Of(-number.Real)
            : throw new FormatException();
    }

    private PythonNumber Number()
    {
        var start = at;
        if (text[at] == '0' && at + 1 < text.Length && char.ToLowerInvariant(text[at + 1]) is 'x' or 'o' or 'b')
            return PythonNumber.Of(WithBase(char.ToLowerInvariant(text[at + 1]) switch { 'x' => 16, 'o' => 8, _ => 2 }));
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '.' or '_' or 'e' or 'E' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E')))
            at++;
        var digits = text[start..at].Replace("_", "", StringComparison.Ordinal);
        if (digits.All(char.IsAsciiDigit))
            return digits.Length > 1 && digits[0] == '0' && digits.Any(digit => digit != '0')
                ? throw new FormatException()
                : PythonNumber.Of(BigInteger.Parse(digits, CultureInfo.InvariantCulture));
        return PythonNumber.Of(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private BigInteger WithBase(int @base)
    {
        at += 2;
        var value = BigInteger.Zero;
        var any = false;
        for (; at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'); at++)
        {
            if (text[at] == '_')
                continue;
            var digit = char.IsAsciiHexDigit(text[at]) ? Convert.ToInt32(text[at].ToString(), 16) : 99;
            if (digit >= @base)
                throw new FormatException();
            value = value * @base + digit;
            any = true;
        }

        return any ? value : throw new FormatException();
    }

    private PythonValue Word()
    {
        var start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_'))
            at++;
        var word = text[start..at];
        if (at < text.Length && text[at] is '\'' or '"' && word.ToLowerInvariant() is "r" or "u" or "b" or "br" or "rb")
        {
            at = start;
            return Text();
        }

        return word switch
        {
            "None" => new PythonNone(),
            "True" => PythonNumber.Of(true),
            "False" => PythonNumber.Of(false),
            "set" when Take('(') && Take(')') => new PythonSet([]),
            _ => throw new FormatException(),
        };
    }

    // Strings beside one another are one string.
    private PythonText Text()
    {
        var value = new StringBuilder();
        bool? bytes = null;
        do
        {
            var start = at;
            while (char.IsAsciiLetter(Peek()))
                at++;
            var prefix = text[start..at].ToLowerInvariant();
            if (prefix is not ("" or "r" or "u" or "b" or "br" or "rb") || (bytes ?? prefix.Contains('b', StringComparison.Ordinal)) != prefix.Contains('b', StringComparison.Ordinal))
                throw new FormatException();
            bytes = prefix.Contains('b', StringComparison.Ordinal);
            Quoted(value, prefix.Contains('r', StringComparison.Ordinal), bytes.Value);
            Skip();
        }
        while (at < text.Length && (text[at] is '\'' or '"' || (char.ToLowerInvariant(text[at]) is 'r' or 'b' or 'u' && text.AsSpan(at).IndexOfAny('\'', '"') is 1 or 2)));
        return new(value.ToString(), bytes.Value);
    }

    private void Quoted(StringBuilder value, bool raw, bool bytes)
    {
        var quote = Peek();
        if (quote is not ('\'' or '"'))
            throw new FormatException();
        var triple = text.AsSpan(at).StartsWith(new string(quote, 3));
        at += triple ? 3 : 1;
        while (true)
        {
            var letter = Peek();
            if (letter == quote && (!triple || text.AsSpan(at).StartsWith(new string(quote, 3))))
            {
                at += triple ? 3 : 1;
                return;
            }

            if (letter is '\n' or '\r' && !triple)
                throw new FormatException();
            at++;
            if (letter != '\\')
                value.Append(letter);
            else if (raw)
                value.Append(letter).Append(text[Advance()]);
            else
                Escape(value, bytes);
        }
    }

    private void Escape(StringBuilder value, bool bytes)
    {
        var letter = text[Advance()];
        switch (letter)
        {
            case '\n': break;
            case '\\' or '\'' or '"': value.Append(letter); break;
            case 'a': value.Append('\a'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'n': value.Append('\n'); break;
            case 'r': value.Append('\r'); break;
            case 't': value.Append('\t'); break;
            case 'v': value.Append('\v'); break;
            case 'x': value.Append((char)Hexadecimal(2)); break;
            case 'u' when !bytes: value.Append((char)Hexadecimal(4)); break;
            case 'U' when !bytes: value.Append(char.ConvertFromUtf32(Hexadecimal(8) is >= 0 and <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF) and var point ? point : throw new FormatException())); break;
            case 'N' when !bytes: throw new FormatException();
            case >= '0' and <= '7':
                var number = letter - '0';
                for (var digits = 1; digits < 3 && Peek() is >= '0' and <= '7'; digits++)
                    number = number * 8 + (text[at++] - '0');
                value.Append((char)number);
                break;
            default: value.Append('\\').Append(letter); break;
        }
    }

    private int Hexadecimal(int digits)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
            throw new FormatException();
        at += digits;
        return number;
    }

    private int Advance() => at < text.Length ? at++ : throw new FormatException();

    private char Peek() => at < text.Length ? text[at] : throw new FormatException();

    private bool IsNext(char letter)
    {
        Skip();
        return at < text.Length && text[at] == letter;
    }

    private bool Take(char letter)
    {
        if (!IsNext(letter))
            return false;
        at++;
        return true;
    }

    private void Expect(char letter)
    {
        if (!Take(letter))
            throw new FormatException();
    }

    private void Skip()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
    }
}
