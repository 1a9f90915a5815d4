using System.Globalization;
using Nola.Core.Reports;
using Nola.Core.Searching;
using Nola.Core.Trials;

namespace Nola.Client.Views;

/// <summary>Times, numbers and outcomes as people read them.</summary>
internal static class Words
{
    /// <summary><c>0.4 s</c>, <c>12 s</c>, <c>3 min 05 s</c>, <c>2 h 07 min</c>.</summary>
    public static string Of(TimeSpan time) => (time < TimeSpan.FromSeconds(59.5) ? time : TimeSpan.FromSeconds(Math.Round(time.TotalSeconds))) switch
    {
        { TotalSeconds: < 9.95 and var seconds } => Format($"{seconds:0.0} s"),
        { TotalSeconds: < 60 and var seconds } => Format($"{seconds:0} s"),
        { TotalHours: < 1, Seconds: 0, Minutes: var minutes } => Format($"{minutes} min"),
        { TotalHours: < 1 } whole => Format($"{whole.Minutes} min {whole.Seconds:00} s"),
        { Minutes: 0, TotalHours: var hours } => Format($"{(int)hours} h"),
        var whole => Format($"{(int)whole.TotalHours} h {whole.Minutes:00} min"),
    };

    /// <summary>Four significant digits, without exponent where that is short: <c>0.8123</c>, <c>1.3e-07</c>.</summary>
    public static string Of(double value) => value.ToString(FormatOf(value), CultureInfo.InvariantCulture);

    /// <summary>A mean with its standard deviation in brackets, both with the decimals of the mean: <c>0.8123 (0.0071)</c>.</summary>
    public static string Of(Statistic value) => value.Deviation is { } deviation
        ? $"{Of(value.Mean)} ({deviation.ToString(FormatOf(value.Mean), CultureInfo.InvariantCulture)})"
        : Of(value.Mean);

    /// <summary>A parameter's value; numbers with four significant digits.</summary>
    public static string Of(ParameterValue value) => value.Kind == ParameterKind.Number ? value.AsNumber().ToString("G4", CultureInfo.InvariantCulture) : value.ToString();

    /// <summary>Money with its currency.</summary>
    public static string Of(decimal amount, string? currency) => Format($"{amount:0.00##} {currency}").TrimEnd();

    /// <summary>A number of things: <c>1 trial</c>, <c>12 trials</c>, <c>3 studies</c>.</summary>
    public static string Count(long number, string one, string? many = null) => Format($"{number} {(number == 1 ? one : many ?? one + "s")}");

    /// <summary>A large number with three significant digits: <c>776</c>, <c>84.0k</c>, <c>109M</c>, <c>6.74G</c>.</summary>
    public static string Short(long number) => number switch
    {
        < 1_000 => Format($"{number}"),
        < 999_500 => Scaled(number / 1e3) + "k",
        < 999_500_000 => Scaled(number / 1e6) + "M",
        _ => Scaled(number / 1e9) + "G",
    };

    /// <summary>How a trial ended, in words.</summary>
    public static string Of(Outcome outcome) => outcome switch
    {
        Completed => "completed",
        Pruned pruned => Format($"pruned at step {pruned.Step}"),
        OutOfBudget spent => $"out of budget ({spent.Cap})",
        Diverged diverged => Format($"diverged at step {diverged.Step}"),
        Failed failed => $"failed: {failed.Reason}",
        Cancelled => "cancelled",
        _ => outcome.ToString(),
    };

    private static string FormatOf(double value) => value != 0 && Math.Abs(value) is < 0.001 or >= 100000 ? "0.00e0"
        : Math.Abs(value) < 10 ? "0.0000"
        : Math.Abs(value) < 1000 ? "0.00"
        : "0";

    private static string Scaled(double number) => number.ToString(number < 9.995 ? "0.00" : number < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
