namespace Nola.Client.Specs;

/// <summary>The models that specs may name without a path.</summary>
public static class ModelCatalogue
{
    /// <summary>Every built-in model.</summary>
    public static ImmutableArray<BuiltInModel> All { get; } =
    [
        new("nola-mini", "A small BERT, pretrained on biomedical, clinical and general English text; for quick starts and tests."),
        new("nola-mini-lm", "A Llama of 260,000 weights, pretrained on general English text; for trying out causal-lm and language adaptation."),
    ];

    /// <summary>
    /// Folders that may hold built-in models: <c>models</c> in the folder of the program and in every folder above it, then in the current folder and above.
    /// </summary>
    public static ImmutableArray<string> DefaultFolders() =>
        [.. Above(AppContext.BaseDirectory).Concat(Above(Environment.CurrentDirectory)).Select(folder => Path.Combine(folder, "models")).Where(Directory.Exists).Distinct()];

    /// <summary>Folder of a built-in model; null when it is in none of the folders.</summary>
    public static string? Find(string name, IEnumerable<string> folders) =>
        folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "config.json")));

    private static IEnumerable<string> Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }
}

/// <summary>A model that specs may name.</summary>
/// <param name="Name">As it stands in a spec.</param>
/// <param name="Summary">What it is, one sentence.</param>
public sealed record BuiltInModel(string Name, string Summary);
