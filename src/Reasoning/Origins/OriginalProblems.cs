using System.IO.Compression;
using System.Text.Json;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Sandbox;

namespace Nola.Reasoning.Origins;

/// <summary>Makes Nola's problems of the files in which public datasets are offered by their makers.</summary>
public static class OriginalProblems
{
    private const string Crux = "cruxeval";
    private const int OutputLimit = 64 << 20;

    /// <summary>Whether tests must be parsed for a dataset, which Python does in the sandbox.</summary>
    public static bool NeedsSandbox(string dataset) => dataset != Crux;

    /// <summary>Writes the problems of an original, in its order; the file appears whole or not at all.</summary>
    /// <param name="dataset"><c>cruxeval</c>; or <c>humaneval</c> or <c>mbpp</c>, which are told by what the original holds.</param>
    /// <param name="original">The file as its makers offer it.</param>
    /// <param name="target">File of problems to write.</param>
    /// <param name="sandbox">Runs the parser; null where the dataset needs none.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ProblemException">The original is malformed, or its parser could not be run.</exception>
    public static async Task<MadeProblems> Make(string dataset, string original, string target, ISandbox? sandbox, CancellationToken stop)
    {
        var part = target + ".part";
        var left = ImmutableArray<LeftOut>.Empty;
        if (NeedsSandbox(dataset))
            left = await Parse(original, part, sandbox ?? throw new ArgumentNullException(nameof(sandbox)), stop);
        else
            await File.WriteAllLinesAsync(part, JsonLines.Read(original).Select(line => JsonSerializer.Serialize(CruxEval(line))), stop);
        var count = ProblemFile.Read(part).Length;
        File.Move(part, target, overwrite: true);
        return new(count, left);
    }

    private static object CruxEval(JsonLine line) => new
    {
        dataset = Crux,
        id = line.RequiredText("id"),
        language = "python",
        code = line.RequiredText("code"),
        input = $"f({line.RequiredText("input")})",
        output = line.RequiredText("output"),
    };

    private static async Task<ImmutableArray<LeftOut>> Parse(string original, string part, ISandbox sandbox, CancellationToken stop)
    {
        var program = new SandboxProgram(ProgramLanguage.Python, Keeper.Resource("origins.py")) { Input = await Text(original, stop), Time = TimeSpan.FromMinutes(1), OutputLimit = OutputLimit };
        var run = await sandbox.Run(program, stop);
        if (run.Verdict != Verdict.Passed)
            throw new ProblemException(original, null, $"its tests could not be parsed: {run.Summary}");
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (Text: line, LeftOut: LeftOut.Read(line))).ToArray();
        await File.WriteAllLinesAsync(part, lines.Where(line => line.LeftOut is null).Select(line => line.Text), stop);
        return [.. lines.Select(line => line.LeftOut).OfType<LeftOut>()];
    }

    private static async Task<string> Text(string file, CancellationToken stop)
    {
        await using var bytes = File.OpenRead(file);
        await using Stream plain = Path.GetExtension(file) == ".gz" ? new GZipStream(bytes, CompressionMode.Decompress) : bytes;
        using var reader = new StreamReader(plain);
        try
        {
            return await reader.ReadToEndAsync(stop);
        }
        catch (InvalidDataException fault)
        {
            throw new ProblemException(file, null, $"it is no gzip file: {fault.Message}");
        }
    }
}

/// <summary>What became of an original.</summary>
/// <param name="Count">Problems written.</param>
/// <param name="LeftOut">Those of the original that cannot be asked about.</param>
public sealed record MadeProblems(int Count, ImmutableArray<LeftOut> LeftOut);

/// <summary>A problem of an original that cannot be asked about.</summary>
/// <param name="Id">Its name there.</param>
/// <param name="Reason">What is wrong with its tests.</param>
public sealed record LeftOut(string Id, string Reason)
{
    internal static LeftOut? Read(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("left_out", out var reason) ? new(json.RootElement.GetProperty("id").GetString()!, reason.GetString()!) : null;
    }
}
