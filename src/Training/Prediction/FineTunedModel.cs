using System.Globalization;
using System.Text.Json;
using Nola.Core.Experiments;
using Nola.Core.Workers;
using Nola.Training.Adapters;
using Nola.Training.Models;
using Nola.Training.Safetensors;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Prediction;

/// <summary>A trained model in memory, in 32-bit floats, with its adapter where it has one.</summary>
public sealed class FineTunedModel : IDisposable
{
    private const int UsualLength = 512;

    private readonly string folder;
    private readonly Head head;
    private readonly LanguageModel model;
    private readonly Device device;

    private FineTunedModel(string folder, Head head, LanguageModel model, IReadOnlyList<string> labels, Device device)
    {
        this.folder = folder;
        this.head = head;
        this.model = model;
        this.device = device;
        Labels = labels;
    }

    /// <summary>Names of the classes in the order of their numbers; empty for a model that does not classify.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Loads a Hugging Face folder and a PEFT folder over it.</summary>
    /// <param name="folder">The model; without an adapter it must be one that classifies texts or words.</param>
    /// <param name="adapter">The adapter; null for none.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <exception cref="ModelFileException">A file is missing or damaged, or does not fit the others.</exception>
    public static FineTunedModel Load(string folder, string? adapter, Device? device = null)
    {
        var configuration = ModelConfiguration.Read(folder);
        var head = adapter is not null ? PeftConfiguration.ReadHead(adapter) ?? Head.MaskedLanguage
            : ModelConfiguration.ReadHead(folder) is Head.TokenClassification ? Head.TokenClassification : Head.SequenceClassification;
        var method = adapter is null ? new FullMethod { Id = "full" } : PeftFolder.ReadMethod(adapter);
        var files = new WeightFiles(folder);
        var labels = head is Head.SequenceClassification or Head.TokenClassification ? ReadLabels(configuration, files, folder, head, adapter) : [];
        using var scope = NewDisposeScope();
        var weights = files.Load(configuration, configuration.BaseWeights().Concat(configuration.HeadWeights(head, labels.Count)));
        weights.MoveTo(device ?? CPU);
        try
        {
            var model = configuration.Assemble(weights, AdapterSet.Create(method, configuration, head, device ?? CPU, weights), Precision.Float32);
            if (adapter is not null)
                PeftFolder.LoadInto(adapter, model);
            return new(folder, head, model, labels, device ?? CPU);
        }
        catch (Exception fault)
        {
            weights.Dispose();
            throw fault is ArgumentException ? new ModelFileException($"The adapter {adapter} does not fit the model {folder}: {fault.Message}", fault) : fault;
        }
    }

    /// <summary>Each class's probability for each text or, of a model that tags words, the tag of each word.</summary>
    /// <param name="texts">What to classify.</param>
    /// <param name="maxLength">Longest sequence in tokens; null for the model's own limit, at most 512. Texts are cut there, words go on in a further sequence.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ModelFileException">The model classifies neither texts nor words, or has no room for so many tokens.</exception>
    public Predictions Predict(IReadOnlyList<TextToClassify> texts, int? maxLength, CancellationToken stop)
    {
        var room = model.Configuration.MaxPositions - (model.Adapters.Prefix?.Tokens ?? model.Adapters.Prompt?.Tokens ?? 0);
        if (maxLength > room)
            throw new ModelFileException(string.Create(CultureInfo.InvariantCulture, $"Texts of {maxLength} tokens are too long: the model has room for {room}."));
        var (tokenizer, longest) = (Tokenizer.Load(folder), maxLength ?? Math.Min(room, UsualLength));
        using var quiet = no_grad();
        return head switch
        {
            Head.SequenceClassification => new TextClassifier(model, tokenizer, Labels, device).Predict(texts, longest, stop),
            Head.TokenClassification => new WordTagger(model, tokenizer, Labels, device).Predict(texts, longest, stop),
            _ => throw new ModelFileException("The adapter belongs to a model that classifies neither texts nor words."),
        };
    }

    /// <summary>Puts the adapter into the weights and writes a plain Hugging Face folder, in 32-bit floats, with the tokenizer's files.</summary>
    /// <param name="output">A folder without a model in it; it is made when it is not there.</param>
    /// <exception cref="ModelFileException">The adapter cannot be merged, or the folder holds a model already.</exception>
    public void SaveMerged(string output)
    {
        if (model.Adapters.Prefix is not null || model.Adapters.Prompt is not null)
            throw new ModelFileException("A prefix or a prompt stands before the text and not in the weights; it cannot be merged.");
        if (File.Exists(Path.Combine(output, "config.json")))
            throw new ModelFileException($"{output} holds a model already; name another folder, or remove it.");
        model.Adapters.MergeInto(model.Weights);
        Directory.CreateDirectory(output);
        SafetensorsFile.Save(Path.Combine(output, "model.safetensors"), model.Weights.All);
        foreach (var name in Tokenizer.Files.Where(name => File.Exists(Path.Combine(folder, name))))
            File.Copy(Path.Combine(folder, name), Path.Combine(output, name), overwrite: true);
        model.Configuration.Write(output, head, Labels); // the last file: without it the folder is no model
    }

    public void Dispose()
    {
        model.Adapters.Dispose();
        model.Weights.Dispose();
    }

    // The last layer of the head has a row for each class.
    private static IReadOnlyList<string> ReadLabels(ModelConfiguration configuration, WeightFiles files, string folder, Head head, string? adapter)
    {
        var classifier = configuration.HeadWeights(head, 1).Last(weight => weight.Role == WeightRole.Linear).Name;
        var count = (adapter is null ? null : PeftFolder.RowsOf(adapter, classifier)) ?? files.RowsOf(configuration, classifier)
            ?? throw new ModelFileException($"{adapter ?? folder} has no {classifier}, so it does not classify; name a fine-tuned model, or an adapter of one.");
        try
        {
            var named = adapter is null ? [] : LabelFile.Read(adapter);
            if (named.Count != count)
                named = ModelConfiguration.ReadLabels(folder);
            return named.Count == count ? named : [.. Enumerable.Range(0, count).Select(label => $"LABEL_{label}")];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException($"The names of the classes of {adapter ?? folder} cannot be read: {fault.Message}", fault);
        }
    }
}
