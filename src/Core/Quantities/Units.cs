using System.Globalization;
using System.Text.RegularExpressions;

namespace Nola.Core.Quantities;

/// <summary>Reads quantities as people write them.</summary>
public static partial class Units
{
    /// <summary>Matches what <see cref="TryDuration"/> reads; for editors.</summary>
    public const string DurationPattern = @"^\s*([0-9]+(\.[0-9]+)?\s*(ms|s|sec|m|min|h|d)\s*)+$";

    /// <summary>Matches what <see cref="TryMemory"/> reads.</summary>
    public const string MemoryPattern = @"^\s*[0-9]+(\.[0-9]+)?\s*([KMGT]i?)?B\s*$";

    /// <summary>Matches what <see cref="TryCount"/> reads.</summary>
    public const string CountPattern = @"^\s*[0-9]+(\.[0-9]+)?\s*[kKMG]\s*$";

    /// <summary>Matches what <see cref="TryMoney"/> reads.</summary>
    public const string MoneyPattern = @"^\s*[0-9]+(\.[0-9]+)?\s*[A-Z]{3}\s*$";

    /// <summary>Matches what <see cref="TryTokenPrice"/> reads.</summary>
    public const string TokenPricePattern = @"^\s*[0-9]+(\.[0-9]+)?\s*[A-Z]{3}\s*/\s*1[kKM]\s*$";

    /// <summary><c>2000s</c>, <c>40h</c>, <c>1h30m</c>, <c>1.5 h</c>, <c>250ms</c>, <c>2d</c>.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var whole = Duration().Match(text);
        if (!whole.Success)
            return false;
        double seconds = 0;
        for (var part = 0; part < whole.Groups["unit"].Captures.Count; part++)
            seconds += Number(whole.Groups["number"].Captures[part].Value) * SecondsIn(whole.Groups["unit"].Captures[part].Value);
        if (seconds >= TimeSpan.MaxValue.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary><c>8 GiB</c>, <c>512MiB</c> (powers of 1024), <c>16 GB</c> (powers of 1000); in bytes.</summary>
    public static bool TryMemory(string text, out long bytes)
    {
        bytes = 0;
        var match = Memory().Match(text);
        if (!match.Success)
            return false;
        var unit = match.Groups[2].Value;
        var size = Number(match.Groups[1].Value) * Math.Pow(unit.EndsWith('i') ? 1024 : 1000, unit.Length == 0 ? 0 : " KMGT".IndexOf(unit[0], StringComparison.Ordinal));
        if (size >= long.MaxValue)
            return false;
        bytes = (long)size;
        return true;
    }

    /// <summary><c>500</c>, <c>10k</c>, <c>20M</c>, <c>1.5G</c>; whole numbers only.</summary>
    public static bool TryCount(string text, out long count)
    {
        count = 0;
        var match = Count().Match(text);
        if (!match.Success)
            return false;
        var number = (decimal)Number(match.Groups[1].Value) * match.Groups[2].Value switch { "" => 1, "k" or "K" => 1_000, "M" => 1_000_000, _ => 1_000_000_000 };
        if (number != Math.Truncate(number) || number > long.MaxValue)
            return false;
        count = (long)number;
        return true;
    }

    /// <summary><c>120 GBP</c>, <c>2.50 USD</c>.</summary>
    public static bool TryMoney(string text, out Money money)
    {
        var match = Amount().Match(text);
        money = default;
        if (!match.Success || !decimal.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            return false;
        money = new(amount, match.Groups[2].Value);
        return true;
    }

    /// <summary><c>2.50 USD/1M</c>, <c>0.01 USD/1k</c>: the price of a million tokens.</summary>
    public static bool TryTokenPrice(string text, out Money perMillion)
    {
        perMillion = default;
        if (text.Split('/') is not [var amount, var tokens] || tokens.Trim() is not ("1M" or "1k" or "1K") || !TryMoney(amount, out var price))
            return false;
        perMillion = price with { Amount = tokens.Trim() == "1M" ? price.Amount : price.Amount * 1000 };
        return true;
    }

    private static double Number(string text) => Math.Min(double.Parse(text, CultureInfo.InvariantCulture), 1e18);

    private static double SecondsIn(string unit) => unit switch { "ms" => 0.001, "s" or "sec" => 1, "m" or "min" => 60, "h" => 3600, _ => 86400 };

    [GeneratedRegex(@"^\s*(?:(?<number>[0-9]+(?:\.[0-9]+)?)\s*(?<unit>ms|sec|s|min|m|h|d)\s*)+$")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^\s*([0-9]+(?:\.[0-9]+)?)\s*((?:[KMGT]i?)?)B\s*$")]
    private static partial Regex Memory();

    [GeneratedRegex(@"^\s*([0-9]+(?:\.[0-9]+)?)\s*([kKMG]?)\s*$")]
    private static partial Regex Count();

    [GeneratedRegex(@"^\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Z]{3})\s*$")]
    private static partial Regex Amount();
}

/// <summary>An amount in a currency.</summary>
/// <param name="Amount">Not negative.</param>
/// <param name="Currency">ISO 4217 code.</param>
public readonly record struct Money(decimal Amount, string Currency);
