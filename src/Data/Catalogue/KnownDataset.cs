using Nola.Core.Experiments;
using Nola.Data.Downloads;

namespace Nola.Data.Catalogue;

/// <summary>A public dataset that <c>nola data pull</c> brings here and that specs may then name.</summary>
public sealed record KnownDataset
{
    /// <summary>As it stands in a spec.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Its licence, in a few words.</summary>
    public required string Licence { get; init; }

    /// <summary>Folder of its files below the data folder; datasets with the same files share one.</summary>
    public required string Folder { get; init; }

    /// <summary>Its files.</summary>
    public required ImmutableArray<KnownFile> Files { get; init; }

    /// <summary>How the files are written.</summary>
    public required DataFormat Format { get; init; }

    /// <summary>Which columns mean what.</summary>
    public ColumnMap Columns { get; init; } = new();

    /// <summary>Whether it holds problems about programs, which are read from <see cref="ProblemFile"/> that is made of its only file. Default: false.</summary>
    public bool IsProblems { get; init; }

    /// <summary>Where problems are, below a data folder.</summary>
    public string ProblemFile(string dataFolder) => Path.Combine(dataFolder, Folder, "problems.jsonl");

    /// <summary>The dataset below a data folder; null when a file is not there.</summary>
    public DatasetSpec? In(string dataFolder)
    {
        if (IsProblems)
            return File.Exists(ProblemFile(dataFolder)) ? new() { Id = Name, Test = [ProblemFile(dataFolder)], Format = Format } : null;
        var folder = Path.Combine(dataFolder, Folder);
        if (!Files.All(file => File.Exists(Path.Combine(folder, file.Name))))
            return null;
        return new() { Id = Name, Train = Of(Split.Train), Validation = Of(Split.Validation), Test = Of(Split.Test), Format = Format, Columns = Columns };

        ImmutableArray<string> Of(Split split) => [.. Files.Where(file => file.Split == split).Select(file => Path.Combine(folder, file.Name))];
    }
}

/// <summary>One file of a known dataset.</summary>
/// <param name="Origin">Where its makers offer it; a fixed version.</param>
/// <param name="Split">Which split it holds.</param>
/// <param name="Checksum">What its bytes must give.</param>
public sealed record KnownFile(Uri Origin, Split Split, Checksum Checksum)
{
    /// <summary>The last part of its origin.</summary>
    public string Name => Uri.UnescapeDataString(Origin.Segments[^1]);
}
