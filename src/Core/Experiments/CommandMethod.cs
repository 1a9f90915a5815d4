using System.Text.Json.Serialization;
using Nola.Core.Searching;

namespace Nola.Core.Experiments;

/// <summary>A program of the user's own, which gets a trial's parameters and reports metrics.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.CommandMethod")]
public sealed record CommandMethod : MethodSpec
{
    /// <summary>The program and its arguments, with <see cref="Placeholders"/>. Never empty.</summary>
    public required ImmutableArray<string> Run { get; init; }

    /// <summary>Parameters with a fixed value; a search that varies one of them wins. Default: none.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> Parameters { get; init; } = ImmutableSortedDictionary<string, ParameterValue>.Empty;

    /// <summary>Absolute path of the folder in which the program is started.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Environment variables that are set besides the silo's own, with <see cref="Placeholders"/>. Default: none.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Name of a file in the trial's folder that metrics are read from; null for standard output. Default: null.</summary>
    public string? MetricsFile { get; init; }

    /// <summary>What the program may use.</summary>
    public CommandLimits Limits { get; init; } = new();

    /// <summary>SHA-256 of each file that <see cref="Run"/> names, by its absolute path, in hexadecimal, taken at submission.</summary>
    public ImmutableSortedDictionary<string, string> Sha256 { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Everything in which placeholders may stand.</summary>
    [JsonIgnore]
    public IEnumerable<string> Templates => Run.Concat(Environment.Values);

    /// <summary>
    /// Whether the program uses a parameter. One whose arguments or variables name parameters uses those alone; any other one gets them all, in its
    /// environment and in a file, and is believed to read them.
    /// </summary>
    public bool Uses(string parameter)
    {
        var named = Templates.SelectMany(Placeholders.In).ToHashSet(StringComparer.Ordinal);
        return named.Contains(parameter) || named.Overlaps(Placeholders.ParameterFiles) || named.All(Placeholders.Given.Contains);
    }
}

/// <summary>What a program may use beyond its budget.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.CommandLimits")]
public sealed record CommandLimits
{
    /// <summary>Resident memory in bytes of all its processes together, over which it is killed and its trial fails; 0 for the slot's limit alone. Default: 0.</summary>
    public long Memory { get; init; }

    /// <summary>A program that writes nothing for so long is killed, and its trial fails; null for no limit. Default: null.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>Bytes of its output that are kept in the log of one attempt; the rest is read, but not kept. Default: 16 MiB.</summary>
    public long Output { get; init; } = 16 << 20;

    /// <summary>Time between SIGTERM and SIGKILL. Default: 10 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);
}
