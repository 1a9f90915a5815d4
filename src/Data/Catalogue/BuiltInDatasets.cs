using Nola.Core.Experiments;

namespace Nola.Data.Catalogue;

/// <summary>The datasets that specs may name and that need no download.</summary>
public static class BuiltInDatasets
{
    /// <summary>Every built-in dataset.</summary>
    public static ImmutableArray<BuiltInDataset> All { get; } =
    [
        new("clinical-notes", "Short clinical notes of eight specialties, generated from a seed; 1200 / 200 / 400 notes.", ClinicalNotes.Provide),
    ];

    /// <summary>
    /// Folder in which datasets are kept: the variable NOLA_DATA, or <c>nola/data</c> in the user's folder for application data.
    /// </summary>
    public static string DefaultFolder() => Environment.GetEnvironmentVariable("NOLA_DATA") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "nola", "data");
}

/// <summary>A dataset that specs may name.</summary>
/// <param name="Name">As it stands in a spec.</param>
/// <param name="Summary">What it is, one sentence.</param>
/// <param name="Provide">Writes its files below a folder unless they are there, and tells where; throws <see cref="IOException"/> when it cannot.</param>
public sealed record BuiltInDataset(string Name, string Summary, Func<string, DatasetSpec> Provide);
