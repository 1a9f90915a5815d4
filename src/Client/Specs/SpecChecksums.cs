using System.Security.Cryptography;
using Nola.Core.Experiments;

namespace Nola.Client.Specs;

/// <summary>Puts the checksums of an experiment's files into its spec, so that its record tells later what it read.</summary>
internal static class SpecChecksums
{
    /// <summary>The spec with SHA-256 of every dataset file and every model folder.</summary>
    public static async Task<ExperimentSpec> Take(ExperimentSpec spec, CancellationToken cancellation)
    {
        var datasets = new List<DatasetSpec>();
        foreach (var dataset in spec.Datasets)
        {
            var sums = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            foreach (var file in dataset.Files)
                sums[file] = await OfFile(file, cancellation);
            datasets.Add(dataset with { Sha256 = sums.ToImmutable() });
        }

        var models = new List<ModelSpec>();
        foreach (var model in spec.Models)
            models.Add(model switch
            {
                PretrainedModel pretrained => pretrained with { Sha256 = await OfModel(pretrained.Path, cancellation) },
                LocalModel local => local with { Sha256 = await OfModel(local.Path, cancellation) },
                RecordedModel recorded => recorded with { Sha256 = await OfFile(recorded.Answers, cancellation) },
                _ => model,
            });
        return spec with { Datasets = [.. datasets], Models = [.. models] };
    }

    /// <summary>SHA-256 of a file in lower-case hexadecimal.</summary>
    public static async Task<string> OfFile(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }

    /// <summary>
    /// SHA-256 of what <c>sha256sum</c> prints for the folder's *.json, *.safetensors, *.txt and *.model files in the order of their names.
    /// </summary>
    public static async Task<string> OfModel(string folder, CancellationToken cancellation)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".json" or ".safetensors" or ".txt" or ".model").Order(StringComparer.Ordinal))
            all.AppendData(System.Text.Encoding.UTF8.GetBytes($"{await OfFile(file, cancellation)}  {Path.GetFileName(file)}\n"));
        return Convert.ToHexStringLower(all.GetHashAndReset());
    }
}
