using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Loop;
using Nola.Training.Models;
using Nola.Training.Models.Bert;
using Nola.Training.Models.DistilBert;
using Nola.Training.Models.Roberta;
using Nola.Training.Safetensors;
using Nola.Training.Tasks;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Loop;

/// <summary>A random BERT of 2 layers × 32 and a dataset in which one word of each text tells its class, in a folder of their own.</summary>
public sealed class ToyTrial : IDisposable
{
    private static readonly string[][] Telling = [["heart", "valve"], ["lung", "breath"], ["bone", "joint"]];
    private static readonly string[] Filler = ["the", "patient", "was", "seen", "today", "with", "no", "pain", "and", "fever"];

    private readonly int threads = get_num_threads();

    public ToyTrial()
    {
        set_num_threads(1); // more cost more than they give on a model this small
        var model = Directory.CreateDirectory(Path.Combine(Folder, "base")).FullName;
        File.WriteAllLines(Path.Combine(model, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Telling.SelectMany(words => words), .. Filler]);
        BecomeA("bert");
        WriteSplit("train", 300, 1);
        WriteSplit("test", 90, 2);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("nola-toy-").FullName;

    public ModelCache Cache { get; } = new();

    public static MethodSpec Method(string kind) => kind switch
    {
        "lora" => new LoraMethod { Id = kind, Targets = ["query", "key", "value", "dense"] },
        "ia3" => new Ia3Method { Id = kind },
        "dora" => new LoraMethod { Id = kind, Targets = [LayerTargets.AllLinear], Dora = true },
        "head" or "frozen" => new HeadMethod { Id = kind },
        "bitfit" => new BitFitMethod { Id = kind },
        "prefix" => new PrefixMethod { Id = kind, Tokens = 8 },
        "prompt" => new PromptMethod { Id = kind, Tokens = 8 },
        _ => new FullMethod { Id = kind },
    };

    public TrialSpec Spec(string method = "full", string task = "sequence-classification") => new()
    {
        Id = new("toy", 0, 0),
        Task = task,
        Model = new PretrainedModel { Id = "toy", Path = Path.Combine(Folder, "base") },
        Dataset = new() { Id = "toy", Train = [Path.Combine(Folder, "train.csv")], Test = [Path.Combine(Folder, "test.csv")] },
        Method = Method(method),
        Training = new() { LearningRate = method switch { "full" => 3e-3, "lora" or "dora" => 1e-2, "bitfit" or "prefix" or "prompt" => 5e-2, _ => 2e-2 }, BatchSize = 16, Epochs = 6, MaxLength = 24 },
        Seed = 7,
        Budget = TrialBudget.None,
        Objective = task == "masked-lm" ? new("loss", Direction.Minimize) : new("macro-f1", Direction.Maximize),
    };

    /// <summary>A trial that finds entities: a third of the sentences has "heart valve", a third "bone" and a third nothing to find.</summary>
    public TrialSpec Entities(string method)
    {
        var spec = Spec(method, "token-classification");
        return spec with
        {
            Dataset = new() { Id = "toy", Train = [WriteSentences("train.conll", 200, 1)], Test = [WriteSentences("test.conll", 60, 2)] },
            Training = spec.Training with { Epochs = 10 },
            Objective = new("micro-f1", Direction.Maximize),
        };
    }

    public RunResult Run(TrialSpec spec, string artifacts, Observer? observer = null, TimeProvider? time = null, CancellationToken stop = default, Allowance? allowance = null) =>
        new TrainingRun(Cache, time ?? TimeProvider.System).Execute(spec, Artifacts(artifacts), allowance ?? Allowance.Unbounded, observer ?? new(), stop);

    /// <summary>What a trial learns from its dataset.</summary>
    public static ITrainingTask TaskOf(TrialSpec spec) => TrainingTasks.Create(spec, Tokenizer.Load(((PretrainedModel)spec.Model).Path));

    /// <summary>The model of a trial before its first step.</summary>
    internal TrainedModel ModelOf(TrialSpec spec, ITrainingTask task)
    {
        manual_seed(spec.Seed);
        return new(spec, ((PretrainedModel)spec.Model).Path, task, CPU, Cache);
    }

    /// <summary>Makes the model one of another architecture, as small.</summary>
    public void BecomeA(string architecture)
    {
        var model = Path.Combine(Folder, "base");
        ModelConfiguration shape = architecture switch
        {
            "roberta" => new RobertaConfiguration { VocabularySize = 21, HiddenSize = 32, Layers = 2, Heads = 2, IntermediateSize = 64, MaxPositions = 32, InitializerRange = 0.1, Padding = 0, TokenTypes = 1 },
            "distilbert" => new DistilBertConfiguration { VocabularySize = 21, HiddenSize = 32, Layers = 2, Heads = 2, IntermediateSize = 64, MaxPositions = 32, InitializerRange = 0.1 },
            _ => new BertConfiguration { VocabularySize = 21, HiddenSize = 32, Layers = 2, Heads = 2, IntermediateSize = 64, MaxPositions = 32, InitializerRange = 0.1 },
        };
        shape.Write(model, null, []);
        manual_seed(1);
        using var weights = Weights.Create(shape.BaseWeights(), shape.InitializerRange);
        SafetensorsFile.Save(Path.Combine(model, "model.safetensors"), weights.All);
    }

    /// <summary>Gives the model a pooler, which masked-lm has no use for.</summary>
    public void AddPooler()
    {
        var path = Path.Combine(Folder, "base", "model.safetensors");
        var shape = ModelConfiguration.Read(Path.Combine(Folder, "base"));
        using var encoder = new WeightFiles(Path.Combine(Folder, "base")).Load(shape, shape.BaseWeights());
        using var pooler = Weights.Create(WeightShape.Linear("bert.pooler.dense", shape.HiddenSize, shape.HiddenSize), shape.InitializerRange);
        SafetensorsFile.Save(path, encoder.All.Concat(pooler.All));
    }

    public string Artifacts(string name) => Path.Combine(Folder, "artifacts", name);

    public void Dispose()
    {
        set_num_threads(threads);
        Cache.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string WriteSentences(string name, int sentences, int seed)
    {
        string[][] entities = [["heart B-HEART", "valve I-HEART"], ["bone B-BONE"], []];
        var random = new Random(seed);
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, string.Join("\n\n", Enumerable.Range(0, sentences).Select(sentence =>
        {
            var words = Enumerable.Range(0, random.Next(3, 9)).Select(_ => Filler[random.Next(8)] + " O").ToList();
            words.InsertRange(random.Next(words.Count), entities[sentence % 3]);
            return string.Join('\n', words);
        })));
        return path;
    }

    private void WriteSplit(string name, int rows, int seed)
    {
        var random = new Random(seed);
        File.WriteAllLines(Path.Combine(Folder, name + ".csv"), Enumerable.Range(0, rows).Select(row =>
        {
            var words = Enumerable.Range(0, random.Next(3, 12)).Select(_ => Filler[random.Next(Filler.Length)]).ToArray();
            words[random.Next(words.Length)] = Telling[row % 3][random.Next(2)];
            return $"{string.Join(' ', words)},class{row % 3}";
        }).Prepend("text,label"));
    }

    /// <summary>Collects what a run says and answers as told.</summary>
    public sealed class Observer(Func<Measurement, Directive>? answer = null) : ITrainingObserver
    {
        public List<Measurement> Measurements { get; } = [];

        public List<TrialProgress> Reports { get; } = [];

        public Directive Progress(TrialProgress progress)
        {
            Reports.Add(progress);
            return Directive.Continue;
        }

        public Directive Measured(Measurement measurement)
        {
            Measurements.Add(measurement);
            return answer?.Invoke(measurement) ?? Directive.Continue;
        }
    }
}
