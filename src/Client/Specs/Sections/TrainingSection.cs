using Nola.Client.Specs.Forms;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>Settings of training: for the experiment under <c>training</c>, for one method beside its own options.</summary>
internal static class TrainingSection
{
    public static readonly Key<double> LearningRate = Tunable("learningRate", "3e-4");
    public static readonly Key<int> BatchSize = TunableInteger("batchSize", "32");
    public static readonly Key<int> AccumulationSteps = new("accumulationSteps", Values.Integer(1, 1024), "Passes that share an optimizer step, each with a part of its batch; saves memory.", "1");
    public static readonly Key<double> Epochs = Tunable("epochs", "3", isAboveLow: true);
    public static readonly Key<int> MaxLength = TunableInteger("maxLength", "128", "Longest sequence in tokens; longer texts are cut.");
    public static readonly Key<Truncation> Truncation = new("truncation", new ChoiceForm<Truncation>("truncation", ("end", Core.Experiments.Truncation.End), ("start", Core.Experiments.Truncation.Start), ("middle", Core.Experiments.Truncation.Middle)), "Where a text that is too long is cut.", "end");
    public static readonly Key<int> WindowStride = new("windowStride", Values.Integer(1), "Tokens from the beginning of one window of a long text to that of the next; windows vote by the mean of their probabilities.", "long texts are cut");
    public static readonly Key<ClassWeights> ClassWeights = new("classWeights", new ClassWeightsForm(), "Weights of the classes in the loss; those that are not named weigh 1. balanced weighs each by samples / (classes × its samples).", "all weigh 1");
    public static readonly Key<int> Patience = new("patience", Values.Integer(1), "Evaluations without a better objective after which training ends.", "training goes on to its end");
    public static readonly Key<double> WarmupRatio = Tunable("warmupRatio", "0.06", summary: "Share of the planned steps in which the learning rate rises linearly from 0; a cap on time does not shorten the plan.");
    public static readonly Key<double> WeightDecay = Tunable("weightDecay", "0.01", summary: "Decoupled weight decay of AdamW.");
    public static readonly Key<double> ClipNorm = Tunable("clipNorm", "1", summary: "Largest L2 norm of the gradient; 0 switches clipping off.");
    public static readonly Key<int> EvaluateEvery = new("evaluateEvery", Values.Integer(0), "Steps between evaluations on the validation split; 0 for once per epoch.", "0");
    public static readonly Key<TimeSpan> CheckpointEvery = new("checkpointEvery", Values.Duration, "Training time between the checkpoints from which a lost trial goes on.", "60s");
    public static readonly Key<double> MaskProbability = Tunable("maskProbability", "0.15");
    public static readonly Key<double> Dropout = Tunable("dropout", "what the model's config.json says", summary: "Dropout inside the model, while it trains.");
    public static readonly Key<Precision> SaveAs = new("saveAs", new ChoiceForm<Precision>("number format", Formats), "Number format in which a trained model's weights are saved.", "fp32");
    public static readonly Key<Precision> Precision = new("precision", new ChoiceForm<Precision>("number format", [.. Formats, ("tf32", Core.Experiments.Precision.TensorFloat32)]), "Number format of matrix products: bf16 where the device computes with it, tf32 (and fp32 everywhere else) on GPUs of NVIDIA.", "fp32");

    /// <summary>All of them.</summary>
    public static ImmutableArray<Key> Keys { get; } =
        [LearningRate, BatchSize, AccumulationSteps, Epochs, Patience, MaxLength, Truncation, WindowStride, ClassWeights, WarmupRatio, WeightDecay, ClipNorm, EvaluateEvery, CheckpointEvery, MaskProbability, Dropout, SaveAs, Precision];

    /// <summary>The same for one method, which changes what the experiment says.</summary>
    public static ImmutableArray<Key> Overrides { get; } = [.. Keys.Select(key => key.WithDefault("the experiment's"))];

    /// <summary>Those that a LoRA method may change; its own <c>dropout</c> is another one.</summary>
    public static ImmutableArray<Key> OverridesBesideLora { get; } = Overrides.Remove(Dropout);

    /// <summary>The section <c>training</c>.</summary>
    public static Section<PlacedTraining> Section { get; } = new(
        "training", "Training settings of all methods; a method may change them, and a search may vary them.", Keys, fields => new(Read(fields), fields));

    /// <summary>The settings among the keys of a section.</summary>
    public static TrainingOverrides Read(Fields fields) => new()
    {
        LearningRate = fields.Find(LearningRate),
        BatchSize = fields.Find(BatchSize),
        AccumulationSteps = fields.Find(AccumulationSteps),
        Epochs = fields.Find(Epochs),
        Patience = fields.Find(Patience),
        Truncation = fields.Find(Truncation),
        WindowStride = fields.Find(WindowStride),
        ClassWeights = fields.FindObject(ClassWeights)?.ByLabel,
        BalancesClasses = fields.FindObject(ClassWeights)?.IsBalanced,
        MaxLength = fields.Find(MaxLength),
        WarmupRatio = fields.Find(WarmupRatio),
        WeightDecay = fields.Find(WeightDecay),
        ClipNorm = fields.Find(ClipNorm),
        EvaluateEvery = fields.Find(EvaluateEvery),
        CheckpointEvery = fields.Find(CheckpointEvery),
        MaskProbability = fields.Find(MaskProbability),
        Dropout = fields.Find(Dropout),
        SaveAs = fields.Find(SaveAs),
        Precision = fields.Find(Precision),
    };

    private static (string, Precision)[] Formats => [("fp32", Core.Experiments.Precision.Float32), ("bf16", Core.Experiments.Precision.BFloat16)];

    private static Key<double> Tunable(string name, string defaultText, bool isAboveLow = false, string? summary = null)
    {
        var parameter = ParameterCatalogue.Find(name)!;
        return new(name, Values.Number(parameter.Low, parameter.High, isAboveLow), summary ?? parameter.Summary, defaultText);
    }

    private static Key<int> TunableInteger(string name, string defaultText, string? summary = null)
    {
        var parameter = ParameterCatalogue.Find(name)!;
        return new(name, Values.Integer((int)parameter.Low, (int)parameter.High), summary ?? parameter.Summary, defaultText);
    }
}

/// <summary>Training settings and where they stand.</summary>
internal sealed record PlacedTraining(TrainingOverrides Settings, Fields Fields)
{
    /// <summary>Where their <c>maxLength</c> stands.</summary>
    public Yaml.Mark MaxLengthAt => Fields.MarkOf(TrainingSection.MaxLength);
}
