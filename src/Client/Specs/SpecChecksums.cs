using System.Security.Cryptography;
using Nola.Core.Experiments;
using Nola.Data.Hub;

namespace Nola.Client.Specs;

/// <summary>Puts the checksums of an experiment's files into its spec, so that its record tells later what it read.</summary>
internal static class SpecChecksums
{
    /// <summary>The spec with SHA-256 of every dataset file, every model folder and every file that a command names.</summary>
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
                PretrainedModel pretrained => pretrained with { Sha256 = await OfModel(await FolderOf(pretrained.Path, cancellation), cancellation) },
                LocalModel local => local with { Sha256 = await OfModel(await FolderOf(local.Path, cancellation), cancellation) },
                RecordedModel recorded => recorded with { Sha256 = await OfFile(recorded.Answers, cancellation) },
                _ => model,
            });
        var methods = new List<MethodSpec>();
        foreach (var method in spec.Methods)
            methods.Add(method is CommandMethod command ? command with { Sha256 = await OfCommand(command, cancellation) } : method);
        return spec with { Datasets = [.. datasets], Models = [.. models], Methods = [.. methods] };
    }

    // Scripts, data and whatever else stands among the arguments as the path of a file.
    private static async Task<ImmutableSortedDictionary<string, string>> OfCommand(CommandMethod command, CancellationToken cancellation)
    {
        var sums = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var file in command.Run.Select(argument => Path.GetFullPath(Path.Combine(command.WorkingDirectory, argument))).Where(File.Exists))
            sums[file] = await OfFile(file, cancellation);
        return sums.ToImmutable();
    }

    // A model of the hub was brought here when its spec was read.
    private static async Task<string> FolderOf(string path, CancellationToken cancellation)
    {
        if (!HubReference.Is(path))
            return path;
        using var hub = new ModelHub(HubSettings.FromEnvironment());
        return (await hub.Bring(HubReference.Parse(path), null, cancellation)).Folder;
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
