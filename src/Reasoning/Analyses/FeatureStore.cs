using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Analyses;

/// <summary>Features of programs, kept in a file of JSON lines: a program is parsed and run once.</summary>
/// <remarks>A file that cannot be written costs time, not results. Lines that cannot be read, such as one that was cut, count as not there.</remarks>
public sealed class FeatureStore
{
    private readonly string file;
    private readonly Dictionary<string, ProgramFeatures?> known = new(StringComparer.Ordinal);

    /// <param name="file">Where they are kept; need not exist.</param>
    public FeatureStore(string file)
    {
        this.file = file;
        if (File.Exists(file))
            foreach (var text in File.ReadLines(file))
                if (Parse(text) is { } line)
                    known[line.Program] = line.Features;
    }

    /// <summary>Those of a problem's program; null when they are not known.</summary>
    public ProgramFeatures? Find(Problem problem) => known.GetValueOrDefault(KeyOf(problem));

    /// <summary>The problems whose programs have not been looked at, each program once.</summary>
    public ImmutableArray<Problem> Missing(IEnumerable<Problem> problems) => [.. problems.DistinctBy(KeyOf, StringComparer.Ordinal).Where(problem => !known.ContainsKey(KeyOf(problem)))];

    /// <summary>Looks at programs in the sandbox and keeps what is found, also that a program cannot be parsed.</summary>
    /// <param name="problems">Problems whose language the sandbox can run.</param>
    /// <param name="sandbox">Parses and runs them.</param>
    /// <param name="progress">Hears the number done.</param>
    /// <param name="stop">Ends it; what was found by then is kept.</param>
    public async Task Add(ImmutableArray<Problem> problems, BubblewrapSandbox sandbox, IProgress<int> progress, CancellationToken stop)
    {
        using var writer = Open();
        var done = 0;
        await Parallel.ForEachAsync(problems, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop }, async (problem, cancel) =>
        {
            var features = await ProgramFeatures.Read(problem, sandbox, cancel);
            if (features is null && sandbox.Fault(problem.Language) is not null)
                return; // It broke on the way; nothing is known of the program.
            lock (known)
            {
                known[KeyOf(problem)] = features;
                writer?.WriteLine(JsonSerializer.Serialize(new Line(KeyOf(problem), features)));
                progress.Report(++done);
            }
        });
    }

    private StreamWriter? Open()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return new(file, append: true) { AutoFlush = true };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Line? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Whether a problem is a call of a function decides how it is run.
    private static string KeyOf(Problem problem) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{problem.Language}\0{problem.IsFunction}\0{problem.Input}\0{problem.Code}")));

    private sealed record Line(string Program, ProgramFeatures? Features);
}
