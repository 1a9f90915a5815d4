using System.Collections.Immutable;
using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Loop;
using Nola.Training.Packing;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Loop;

/// <summary>Two small languages of made-up sentences, and trials of a Llama of 2 layers × 32 on them, in a folder of their own.</summary>
public sealed class TinyLlama : IDisposable
{
    private readonly int threads = get_num_threads();
    private readonly ModelCache cache = new();

    public TinyLlama()
    {
        set_num_threads(1); // more cost more than they give on a model this small
        Write("english", ["the cat", "a dog", "my bird"], ["sees", "likes", "hears"], ["the tree", "a house", "the river"]);
        Write("polish", ["kot", "żółty pies", "mój ptak"], ["widzi", "lubi", "słyszy"], ["drzewo", "dom", "rzekę"]);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("nola-llama-").FullName;

    public TrialSpec Pretraining => new()
    {
        Id = new("tiny", 0, 0),
        Task = "causal-lm",
        Model = new NewModel { Id = "tiny", Type = NewModel.Llama, Layers = 2, HiddenSize = 32, Heads = 4, KeyValueHeads = 2, IntermediateSize = 64, VocabularySize = 320, MaxPositions = 32 },
        Dataset = new() { Id = "english", Train = [TextOf("english")] },
        Method = new FullMethod { Id = "full" },
        Training = new() { LearningRate = 1e-2, BatchSize = 16, Epochs = 10, MaxLength = 32 },
        Seed = 7,
        Budget = TrialBudget.None,
        Objective = new("loss", Direction.Minimize),
    };

    /// <summary>LoRA on Polish over the model that <see cref="Pretraining"/> left in the artifacts of that name.</summary>
    public TrialSpec Adaptation(string pretrained) => Pretraining with
    {
        Model = new PretrainedModel { Id = "adapted", Path = Path.Combine(Artifacts(pretrained), "model") },
        Dataset = new() { Id = "polish", Train = [TextOf("polish")], AlsoEvaluate = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("english", [TextOf("english")]) },
        Method = new LoraMethod { Id = "lora", Dropout = 0, Targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] },
    };

    public string TextOf(string language) => Path.Combine(Folder, language + ".txt");

    public string Artifacts(string name) => Path.Combine(Folder, "artifacts", name);

    public RunResult Run(TrialSpec spec, string artifacts, ToyTrial.Observer? observer = null, CancellationToken stop = default, TrialPacker? packer = null) =>
        new TrainingRun(cache, TimeProvider.System, null, packer).Execute(spec, Artifacts(artifacts), Allowance.Unbounded, observer ?? new(), stop);

    public void Dispose()
    {
        set_num_threads(threads);
        cache.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Write(string language, string[] subjects, string[] verbs, string[] objects)
    {
        var random = new Random(3);
        File.WriteAllText(TextOf(language), string.Join("\n\n", Enumerable.Range(0, 150).Select(_ => string.Join(' ', Enumerable.Range(0, 4).Select(_ =>
            $"{subjects[random.Next(3)]} {verbs[random.Next(3)]} {objects[random.Next(3)]}.")))));
    }
}
