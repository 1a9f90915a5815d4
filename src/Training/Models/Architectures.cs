using Nola.Training.Models.Bert;
using Nola.Training.Models.DistilBert;
using Nola.Training.Models.Llama;
using Nola.Training.Models.MobileBert;
using Nola.Training.Models.Roberta;
using Nola.Training.Safetensors;

namespace Nola.Training.Models;

/// <summary>The architectures that Nola trains, by the <c>model_type</c> of config.json.</summary>
public static class Architectures
{
    private static readonly SortedDictionary<string, Func<ConfigurationFile, ModelConfiguration>> Readers = new(StringComparer.Ordinal)
    {
        ["bert"] = BertConfiguration.Read,
        ["distilbert"] = DistilBertConfiguration.Read,
        ["mobilebert"] = MobileBertConfiguration.Read,
        ["roberta"] = RobertaConfiguration.Read,
        ["llama"] = LlamaConfiguration.ReadLlama,
        ["mistral"] = LlamaConfiguration.ReadMistral,
    };

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Readers.Keys;

    /// <summary>The configuration in a file.</summary>
    /// <exception cref="ModelFileException">The architecture is none of these.</exception>
    public static ModelConfiguration Read(ConfigurationFile file) => Readers.TryGetValue(file.ModelType, out var read)
        ? read(file)
        : throw new ModelFileException($"{file.Path} describes a model of type '{file.ModelType}'; Nola trains {string.Join(", ", Names)}.");
}
