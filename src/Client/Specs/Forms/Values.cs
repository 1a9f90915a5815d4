using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nola.Core.Quantities;

namespace Nola.Client.Specs.Forms;

/// <summary>The forms of single values.</summary>
internal static class Values
{
    /// <summary>A text that is not empty.</summary>
    public static Form<string> Text(string words = "a text") => new ScalarForm<string>(
        words, (string text, out string value) => (value = text).Trim().Length > 0, new() { ["type"] = new JsonArray("string", "number", "boolean") }, takesQuoted: true);

    /// <summary>A regular expression.</summary>
    public static Form<string> Pattern { get; } = new ScalarForm<string>(
        "a regular expression", (string text, out string value) => IsPattern(value = text), new() { ["type"] = "string" }, "write a backslash before brackets and other signs", takesQuoted: true);

    /// <summary>A whole number in a range.</summary>
    public static Form<int> Integer(int low, int high = int.MaxValue) => new ScalarForm<int>(
        $"an integer {Range(low, high, high == int.MaxValue)}",
        (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= low && value <= high,
        Bounded("integer", low, high == int.MaxValue ? null : high));

    /// <summary>A number in a range.</summary>
    public static Form<double> Number(double low, double high, bool isAboveLow = false) => new ScalarForm<double>(
        isAboveLow ? $"a number above {Text(low)} and at most {Text(high)}" : $"a number {Range(low, high, false)}",
        (string text, out double value) => TryNumber(text, out value) && value >= low && value <= high && !(isAboveLow && value == low),
        Bounded("number", low, high, isAboveLow));

    /// <summary>An amount of money per hour, without currency.</summary>
    public static Form<decimal> Price { get; } = new ScalarForm<decimal>(
        "a number from 0",
        (string text, out decimal value) => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value),
        Bounded("number", 0, null));

    /// <summary>A duration above zero.</summary>
    public static Form<TimeSpan> Duration { get; } = new ScalarForm<TimeSpan>(
        "a duration above 0",
        (string text, out TimeSpan value) => Units.TryDuration(text, out value) && value > TimeSpan.Zero,
        Matching(Units.DurationPattern),
        "write a number and a unit, such as 2000s, 40h or 1h30m",
        takesQuoted: true);

    /// <summary>A duration, or none.</summary>
    public static Form<TimeSpan> DurationOrZero { get; } = new ScalarForm<TimeSpan>(
        "a duration",
        (string text, out TimeSpan value) => Units.TryDuration(text, out value),
        Matching(Units.DurationPattern),
        "write a number and a unit, such as 250ms, 3s or 0s",
        takesQuoted: true);

    /// <summary>A size of memory above zero, in bytes.</summary>
    public static Form<long> Memory { get; } = new ScalarForm<long>(
        "a size of memory above 0",
        (string text, out long value) => Units.TryMemory(text, out value) && value > 0,
        Matching(Units.MemoryPattern),
        "write a number and a unit, such as 8 GiB or 512 MiB",
        takesQuoted: true);

    /// <summary>A whole number from one, with or without a suffix for thousands and millions.</summary>
    public static Form<long> Count { get; } = new ScalarForm<long>(
        "a whole number from 1",
        (string text, out long value) => Units.TryCount(text, out value) && value >= 1,
        new() { ["anyOf"] = new JsonArray(Bounded("integer", 1, null), Matching(Units.CountPattern)) },
        "write it as 500, 10k or 20M");

    /// <summary>An amount above zero in a currency.</summary>
    public static Form<Money> Money { get; } = new ScalarForm<Money>(
        "an amount above 0 with its currency",
        (string text, out Money value) => Units.TryMoney(text, out value) && value.Amount > 0,
        Matching(Units.MoneyPattern),
        "write a number and a currency code, such as 120 GBP",
        takesQuoted: true);

    /// <summary>The price of tokens, per million.</summary>
    public static Form<Money> TokenPrice { get; } = new ScalarForm<Money>(
        "a price per tokens with its currency",
        (string text, out Money value) => Units.TryTokenPrice(text, out value),
        Matching(Units.TokenPricePattern),
        "write it as 2.50 USD/1M",
        takesQuoted: true);

    /// <summary>An ISO 4217 code.</summary>
    public static Form<string> Currency { get; } = new ScalarForm<string>(
        "a currency code",
        (string text, out string value) => (value = text).Length == 3 && text.All(char.IsAsciiLetterUpper),
        Matching("^[A-Z]{3}$"),
        "write three capital letters, such as GBP, EUR or USD",
        takesQuoted: true);

    /// <summary>The name of an experiment.</summary>
    public static Form<string> Name { get; } = new ScalarForm<string>(
        "1 to 64 letters, digits, '-', '_' or '.'",
        (string text, out string value) => (value = text).Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
        new() { ["type"] = new JsonArray("string", "number"), ["pattern"] = "^[A-Za-z0-9._-]{1,64}$" },
        "write '-' for spaces and other signs",
        takesQuoted: true);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static Form<bool> Truth { get; } = new ScalarForm<bool>(
        "true or false",
        (string text, out bool value) => bool.TryParse(text, out value) && char.IsAsciiLetterLower(text[0]),
        new() { ["type"] = "boolean" });

    /// <summary>Whether a text is a regular expression and not empty.</summary>
    public static bool IsPattern(string text)
    {
        try
        {
            return text.Length > 0 && new Regex(text, RegexOptions.CultureInvariant) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A finite number as YAML writes it.</summary>
    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>A number as a person writes it.</summary>
    public static string Text(double number) => number.ToString(Math.Abs(number) is >= 1e15 or (> 0 and < 1e-3) ? "0.###e0" : "0.######", CultureInfo.InvariantCulture);

    private static string Range(double low, double high, bool isOpen) => isOpen ? $"from {Text(low)}" : $"from {Text(low)} to {Text(high)}";

    private static JsonObject Matching(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Bounded(string type, double low, double? high, bool isAboveLow = false)
    {
        var schema = new JsonObject { ["type"] = type, [isAboveLow ? "exclusiveMinimum" : "minimum"] = low };
        if (high is { } most)
            schema["maximum"] = most;
        return schema;
    }
}
