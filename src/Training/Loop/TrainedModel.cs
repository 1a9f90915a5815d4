using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Adapters;
using Nola.Training.Checkpoints;
using Nola.Training.Models;
using Nola.Training.Native;
using Nola.Training.Optimization;
using Nola.Training.Packing;
using Nola.Training.Safetensors;
using Nola.Training.Tasks;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>A model under training with its optimizer and the best weights so far: all that a checkpoint holds.</summary>
internal sealed class TrainedModel : IDisposable
{
    private const string BestPrefix = "best/";
    private const string WeightPrefix = "weight/";

    private readonly MethodSpec method;
    private readonly ModelConfiguration original;
    private readonly Head head;
    private readonly ScalarType saveAs;
    private readonly string baseName;
    private readonly SortedDictionary<string, Tensor> trained;
    private readonly SortedDictionary<string, Tensor> best = new(StringComparer.Ordinal);

    public TrainedModel(TrialSpec trial, string folder, ITrainingTask task, Device device, ModelCache cache)
    {
        original = ModelConfiguration.Read(folder);
        method = trial.Method;
        baseName = trial.Model is PretrainedModel pretrained ? pretrained.Path : folder;
        var virtualTokens = method switch { PrefixMethod prefix => prefix.Tokens, PromptMethod prompt => prompt.Tokens, _ => 0 };
        if (trial.Training.MaxLength + virtualTokens > original.MaxPositions)
            throw new TrialFailedException($"maxLength is {trial.Training.MaxLength}{(virtualTokens > 0 ? $", the method adds {virtualTokens} tokens" : "")} and the model {folder} has {original.MaxPositions} positions.");
        head = task.Head;
        saveAs = trial.Training.SaveAs == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var precision = trial.Training.Precision == Precision.BFloat16 && BFloat16.IsNativeOn(device) ? Precision.BFloat16 : Precision.Float32;
        var half = precision == Precision.BFloat16 && method is not FullMethod; // what stays frozen is kept in the format of the products
        var files = new WeightFiles(folder);
        var weights = BaseWeights(files, folder, device, cache, half);
        using (var own = files.Load(original, original.HeadWeights(head, task.Labels.Count)))
            foreach (var (name, tensor) in own.All)
                weights[name] = tensor.clone();
        weights.MoveTo(device);
        var shape = trial.Training.Dropout is { } dropout ? original.WithDropout(dropout) : original;
        Model = shape.Assemble(weights, AdapterSet.Create(method, original, head, device, weights), precision);
        trained = Trainable.Select(method, Model, head);
        if (trained.Count == 0)
            throw new TrialFailedException($"The method '{method.Id}' trains nothing of a {original.ModelType} in the task '{trial.Task}'.");
        if (Model.CanPack) // in other architectures what a text becomes depends on its padding
            Model.Frozen = FrozenLayers.Below(shape, head, trained.Keys, device);
        Optimizer = new(trained, trial.Training.WeightDecay);
        if (Model.CanPack && method.CanPack && head != Head.MaskedLanguage)
            PackKey = new(Path.GetFullPath(folder), trial.Training.Dropout, precision, head);
    }

    /// <summary>What the trials have in common that may go through the base with this one; null where the architecture, the method or the head does not allow it.</summary>
    public PackKey? PackKey { get; }

    public LanguageModel Model { get; }

    public AdamW Optimizer { get; }

    public ParameterCounts Parameters => Trainable.Count(Model, head, trained);

    /// <summary>Everything that changes in training, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State() =>
        trained.Select(item => KeyValuePair.Create(WeightPrefix + item.Key, item.Value))
            .Concat(Optimizer.State)
            .Concat(best.Select(item => KeyValuePair.Create(BestPrefix + item.Key, item.Value)));

    /// <summary>Puts everything back as it was.</summary>
    public void Restore(Checkpoint checkpoint)
    {
        using var quiet = no_grad();
        foreach (var (name, tensor) in trained)
            tensor.copy_(checkpoint.Tensors[WeightPrefix + name]);
        foreach (var (name, tensor) in Optimizer.State)
            tensor.copy_(checkpoint.Tensors[name]);
        Optimizer.Steps = checkpoint.State.Step;
        foreach (var (name, tensor) in checkpoint.Tensors.All.Where(item => item.Key.StartsWith(BestPrefix, StringComparison.Ordinal)))
            SetBest(name[BestPrefix.Length..], tensor);
    }

    /// <summary>Remembers the present weights as the best.</summary>
    public void KeepAsBest()
    {
        foreach (var (name, tensor) in trained)
            SetBest(name, tensor);
    }

    /// <summary>Takes the best weights back.</summary>
    public void TakeBest()
    {
        using var quiet = no_grad();
        foreach (var (name, tensor) in best)
            trained[name].copy_(tensor);
    }

    /// <summary>Writes the adapter in PEFT's format; the whole model in Hugging Face's where weights of the model were trained and nothing was added.</summary>
    public void SaveArtifacts(string folder, string baseModel, ITrainingTask task)
    {
        if (!Model.Adapters.IsEmpty)
        {
            // Such as the pooler of a model that was pretrained without one: random, but the adapter was trained over it.
            var files = new WeightFiles(baseModel);
            PeftFolder.Save(Path.Combine(folder, "adapter"), method, Model, head, baseName, name => !files.Has(original, name));
            LabelFile.Write(Path.Combine(folder, "adapter"), task.Labels);
            return;
        }

        var target = Path.Combine(folder, "model");
        Directory.CreateDirectory(target);
        original.Write(target, head, task.Labels);
        using var unused = UnusedOf(baseModel);
        using var unrounded = Unrounded(baseModel);
        var weights = Model.Weights.All.Select(item => KeyValuePair.Create(item.Key, unrounded.Find(item.Key) ?? item.Value)).Concat(unused.All);
        SafetensorsFile.Save(Path.Combine(target, "model.safetensors"), weights, saveAs);
        foreach (var name in Tokenizer.Files)
            if (File.Exists(Path.Combine(baseModel, name)))
                File.Copy(Path.Combine(baseModel, name), Path.Combine(target, name), overwrite: true);
    }

    public void Dispose()
    {
        Optimizer.ClearGradients();
        Optimizer.Dispose();
        Model.Frozen?.Dispose();
        Model.Adapters.Dispose();
        Model.Weights.Dispose();
        foreach (var tensor in best.Values)
            tensor.Dispose();
    }

    // What is trained is the trial's own; where that is everything, the cache would only hold it a second time.
    private Weights BaseWeights(WeightFiles files, string folder, Device device, ModelCache cache, bool half)
    {
        if (method is FullMethod)
            return files.Load(original, original.BaseWeights());
        var weights = cache.Base(folder, original, device, half);
        foreach (var name in weights.Names.Where(name => Trainable.Includes(method, original, head, name)).ToArray())
            weights[name] = weights[name].clone();
        return weights;
    }

    // Pretraining has no use for the base's pooler; the tasks that come after have.
    private Weights UnusedOf(string baseModel)
    {
        var later = original.HeadWeights(Head.SequenceClassification, 1)
            .Where(weight => !original.IsOfHeadModule(weight.Name, Head.SequenceClassification) && !Model.Weights.Contains(weight.Name)).ToArray();
        var files = new WeightFiles(baseModel);
        return files.Load(original, later.Where(weight => files.Names.Contains(weight.Name)));
    }

    // What stayed frozen in bfloat16, as the files have it.
    private Weights Unrounded(string baseModel) => new WeightFiles(baseModel).Load(
        original, original.BaseWeights().Where(weight => Model.Weights[weight.Name].dtype == ScalarType.BFloat16));

    private void SetBest(string name, Tensor value)
    {
        if (best.Remove(name, out var old))
            old.Dispose();
        best[name] = value.detach().clone().DetachFromDisposeScope();
    }
}
