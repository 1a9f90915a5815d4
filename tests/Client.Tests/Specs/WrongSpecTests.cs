using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Nola.Testing;

namespace Nola.Client.Tests.Specs;

/// <summary>Wrong specs and data files with the exact messages, in wrong.txt.</summary>
public sealed partial class WrongSpecTests : IDisposable
{
    // The right spec of which each case changes or adds lines; key by key, in this order.
    private static readonly string[] Right =
    [
        "name: a\n", "task: sequence-classification\n", "models: nola-mini\n", "datasets: { train: data/train.csv, test: data/test.csv }\n", "methods: full\n",
    ];

    private static readonly string Table = Path.Combine(SharedData.RepositoryRoot, "tests", "Client.Tests", "Specs", "wrong.txt");

    private readonly SpecFolder folder = new();

    public static TheoryData<string> Titles => [.. Cases().Select(item => item.Title)];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Table_HasEnoughCases() => Assert.True(Cases().Count >= 40);

    [Fact]
    public void Load_RightSpec_HasNoProblem() => Assert.Equal("", folder.ProblemsOf(string.Concat(Right)));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Load_WrongSpec_SaysExactly(string title)
    {
        var (_, parts) = Cases().Single(item => item.Title == title);
        foreach (var (name, text) in parts.Where(part => part.Name.Contains('.')))
            Write(name, text);

        var problems = folder.ProblemsOf(SpecOf(parts));

        if (Environment.GetEnvironmentVariable("NOLA_UPDATE") == "1")
            Update(title, problems);
        Assert.Equal(parts.Single(part => part.Name == "problems").Text.TrimEnd('\n'), problems);
        Assert.NotEqual("", problems);
    }

    private static string SpecOf(List<(string Name, string Text)> parts)
    {
        if (parts.FirstOrDefault(part => part.Name == "whole") is { Name: not null } whole)
            return whole.Text;
        var lines = Right.ToList();
        foreach (var change in TopLevel().Matches(parts.FirstOrDefault(part => part.Name == "spec").Text ?? "").Select(match => match.Value))
        {
            var known = lines.FindIndex(line => line.Split(':')[0] == change.Split(':')[0]);
            if (known is >= 0 and < 5)
                lines[known] = change;
            else
                lines.Add(change);
        }

        return string.Concat(lines).Replace("\\t", "\t", StringComparison.Ordinal);
    }

    private static List<(string Title, List<(string Name, string Text)> Parts)> Cases()
    {
        var cases = new List<(string Title, List<(string Name, string Text)> Parts)>();
        foreach (var line in File.ReadAllLines(Table))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
                cases.Add((line[3..], []));
            else if (line.StartsWith("-- ", StringComparison.Ordinal))
                cases[^1].Parts.Add((line[3..], ""));
            else if (cases.Count > 0)
                cases[^1].Parts[^1] = (cases[^1].Parts[^1].Name, cases[^1].Parts[^1].Text + line + "\n");
        }

        return cases;
    }

    private static void Update(string title, string problems)
    {
        var text = File.ReadAllText(Table);
        var start = text.IndexOf("-- problems\n", text.IndexOf($"== {title}\n", StringComparison.Ordinal), StringComparison.Ordinal) + "-- problems\n".Length;
        var end = text.IndexOf("\n== ", start - 1, StringComparison.Ordinal);
        File.WriteAllText(Table, text[..start] + problems + "\n" + (end < 0 ? "" : text[(end + 1)..]));
    }

    private void Write(string name, string text)
    {
        var bytes = new List<byte>();
        foreach (Match part in Escape().Matches(text))
        {
            if (part.Value is ['\\', 'x', ..])
                bytes.Add(byte.Parse(part.Value[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(part.Value == "\\t" ? "\t" : part.Value));
        }

        File.WriteAllBytes(folder.Write(name, ""), [.. bytes]);
    }

    [GeneratedRegex(@"^\S.*\n(^[ \\].*\n)*", RegexOptions.Multiline)]
    private static partial Regex TopLevel();

    [GeneratedRegex(@"\\x[0-9A-F]{2}|\\t|(.|\n)", RegexOptions.Singleline)]
    private static partial Regex Escape();
}
