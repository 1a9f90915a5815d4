using Nola.Core.Experiments;
using Nola.Core.Workers;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Generation;

/// <summary>A causal language model of a Hugging Face folder in memory, in 32-bit floats.</summary>
public sealed class GenerativeModel : IDisposable
{
    private readonly LanguageModel model;
    private readonly TextGenerator generator;

    private GenerativeModel(string folder, LanguageModel model)
    {
        (Folder, this.model) = (folder, model);
        generator = new(model, Tokenizer.Load(folder));
    }

    /// <summary>The folder that it came from.</summary>
    public string Folder { get; }

    /// <summary>Loads a folder.</summary>
    /// <param name="folder">With config.json, weights and the tokenizer's files.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <exception cref="Safetensors.ModelFileException">A file is missing or damaged, or it is no causal language model.</exception>
    public static GenerativeModel Load(string folder, Device? device = null)
    {
        var configuration = ModelConfiguration.Read(folder);
        using var scope = NewDisposeScope();
        var weights = new WeightFiles(folder).Load(configuration, configuration.BaseWeights().Concat(configuration.HeadWeights(Head.CausalLanguage, 0)));
        weights.MoveTo(device ?? CPU);
        return new(folder, configuration.Assemble(weights, AdapterSet.Create(new FullMethod { Id = "full" }, configuration, Head.CausalLanguage, device ?? CPU, weights), Precision.Float32));
    }

    /// <summary>The continuation of a text.</summary>
    /// <exception cref="Safetensors.ModelFileException">The prompt leaves no room.</exception>
    public Core.Workers.Generation Write(GenerationJob job, CancellationToken stop) =>
        generator.Write(job.Prompt, new() { MaxTokens = job.MaxTokens, Temperature = job.Temperature, TopP = job.TopP, Seed = job.Seed, Stop = job.Stop }, stop);

    public void Dispose()
    {
        model.Adapters.Dispose();
        model.Weights.Dispose();
    }
}
