using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Adapters;
using Nola.Training.Checkpoints;
using Nola.Training.Models;
using Nola.Training.Native;
using Nola.Training.Optimization;
using Nola.Training.Safetensors;
using Nola.Training.Tasks;
using static TorchSharp.torch;

namespace Nola.Training.Loop;

/// <summary>A model under training with its optimizer and the best weights so far: all that a checkpoint holds.</summary>
internal sealed class TrainedModel : IDisposable
{
    private const string BestPrefix = "best/";
    private const string WeightPrefix = "weight/";
    private const string RandomState = "random";

    private readonly MethodSpec method;
    private readonly BertConfiguration original;
    private readonly ScalarType saveAs;
    private readonly SortedDictionary<string, Tensor> trained;
    private readonly SortedDictionary<string, Tensor> best = new(StringComparer.Ordinal);

    public TrainedModel(TrialSpec trial, string folder, ITrainingTask task, Device device, ModelCache cache)
    {
        var shape = BertConfiguration.Read(folder);
        if (trial.Training.MaxLength > shape.MaxPositions)
            throw new TrialFailedException($"maxLength is {trial.Training.MaxLength} and the model {folder} has {shape.MaxPositions} positions.");
        method = trial.Method;
        saveAs = trial.Training.SaveAs == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var weights = cache.Encoder(folder, shape, device, copy: method is FullMethod);
        using (var head = BertWeights.Load(folder, shape, task.Head(shape)))
            foreach (var (name, tensor) in head.All)
                weights[name] = tensor.clone();
        weights.MoveTo(device);
        original = shape;
        if (trial.Training.Dropout is { } dropout)
            shape = shape with { HiddenDropout = dropout, AttentionDropout = dropout, ClassifierDropout = null };
        Model = new(shape, weights, AdapterSet.Create(method, weights), BFloat16.IsNativeOn(device) ? trial.Training.Precision : Precision.Float32);
        trained = Trainable.Select(method, Model);
        Optimizer = new(trained, trial.Training.WeightDecay);
    }

    public BertModel Model { get; }

    public AdamW Optimizer { get; }

    public ParameterCounts Parameters => Trainable.Count(method, Model, trained);

    /// <summary>Everything that changes in training, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State(Tensor random) =>
        trained.Select(item => KeyValuePair.Create(WeightPrefix + item.Key, item.Value))
            .Concat(Optimizer.State)
            .Concat(best.Select(item => KeyValuePair.Create(BestPrefix + item.Key, item.Value)))
            .Append(KeyValuePair.Create(RandomState, random));

    /// <summary>Puts everything back as it was, the random state included.</summary>
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
        set_rng_state(checkpoint.Tensors[RandomState]);
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

    /// <summary>Writes the adapter in PEFT's format, or the whole model in Hugging Face's.</summary>
    public void SaveArtifacts(string folder, string baseModel, ITrainingTask task)
    {
        if (method is not FullMethod && task.Labels.Count > 0)
        {
            PeftFolder.Save(Path.Combine(folder, "adapter"), method, Model, baseModel);
            return;
        }

        var target = Path.Combine(folder, "model");
        Directory.CreateDirectory(target);
        original.Write(target, task.Architecture, task.Labels);
        using var unused = PoolerOf(baseModel);
        SafetensorsFile.Save(Path.Combine(target, "model.safetensors"), Model.Weights.All.Concat(unused.All), saveAs);
        foreach (var name in new[] { "vocab.txt", "tokenizer_config.json" })
            if (File.Exists(Path.Combine(baseModel, name)))
                File.Copy(Path.Combine(baseModel, name), Path.Combine(target, name), overwrite: true);
    }

    public void Dispose()
    {
        Optimizer.ClearGradients();
        Optimizer.Dispose();
        Model.Dispose();
        Model.Adapters.Dispose();
        Model.Weights.Dispose();
        foreach (var tensor in best.Values)
            tensor.Dispose();
    }

    // Pretraining has no use for the base's pooler; the tasks that come after have.
    private Weights PoolerOf(string baseModel)
    {
        var file = SafetensorsFile.Open(Path.Combine(baseModel, "model.safetensors"));
        var kept = new Weights();
        foreach (var name in file.Names.Where(name => name.StartsWith("bert.pooler.", StringComparison.Ordinal) && !Model.Weights.Contains(name)))
            kept[name] = file.Load(name);
        return kept;
    }

    private void SetBest(string name, Tensor value)
    {
        if (best.Remove(name, out var old))
            old.Dispose();
        best[name] = value.detach().clone().DetachFromDisposeScope();
    }
}
