using System.Globalization;
using Nola.Silo.Commands;

namespace Nola.Silo.Tests.Commands;

public sealed class MetricLineTests
{
    [Theory]
    [InlineData("""{"step": 10, "macro-f1": 0.7}""", "10  macro-f1=0.7")]
    [InlineData(""" {"macro-f1": 7e-1, "epoch": 2.5, "name": "x", "flag": true, "more": {"a": 1}} """, " 2.5 macro-f1=0.7")]
    [InlineData("""{"loss": NaN, "a": -Infinity, "b": inf}""", "  a=-Infinity,b=Infinity,loss=NaN")]
    [InlineData("""{"loss": "NaN"}""", "  loss=NaN")]
    [InlineData("""{"step": 3}""", null)]
    [InlineData("""{"message": "loss: NaN, or so"}""", null)]
    [InlineData("""{"loss": 1""", null)]
    [InlineData("{loss: 1}", null)]
    [InlineData("[1, 2]", null)]
    [InlineData("epoch 1 of 3", null)]
    [InlineData("", null)]
    public void Read_Line_IsAReportOrNone(string line, string? expected)
    {
        var read = MetricLine.Read(line);

        Assert.Equal(expected, read is null ? null : string.Create(CultureInfo.InvariantCulture, $"{read.Step} {read.Epoch} {string.Join(",", read.Values.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Key}={item.Value}")))}"));
    }
}
