namespace Nola.Core.Experiments;

/// <summary>Settings of a training run that do not depend on the method. Defaults are those of arXiv 2402.10597 where it states them.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrainingSettings")]
public sealed record TrainingSettings
{
    /// <summary>Peak learning rate of AdamW. Default: 3e-4.</summary>
    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Sequences per optimizer step. Default: 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Forward and backward passes that share one optimizer step, each with a part of its batch; saves memory. Default: 1.</summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Passes over the training split. Default: 3.</summary>
    public double Epochs { get; init; } = 3;

    /// <summary>Longest sequence in tokens; longer texts are cut. Default: 128.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Where a text that is too long is cut. Default: at its end.</summary>
    public Truncation Truncation { get; init; }

    /// <summary>
    /// Tokens from the beginning of one window of a long text to that of the next; the windows are trained as texts of their own and vote by the mean of
    /// their probabilities. Null: long texts are cut. Default: null.
    /// </summary>
    public int? WindowStride { get; init; }

    /// <summary>Weights of the classes in the loss: by label; the others weigh 1. Default: all weigh 1.</summary>
    public ImmutableSortedDictionary<string, double> ClassWeights { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Whether each class weighs samples / (classes × its samples), as scikit-learn's <c>balanced</c> does. Default: false.</summary>
    public bool BalancesClasses { get; init; }

    /// <summary>Evaluations without a better objective after which training ends; null for never. Default: null.</summary>
    public int? Patience { get; init; }

    /// <summary>Share of the planned steps in which the learning rate rises linearly from 0. Default: 0.06.</summary>
    public double WarmupRatio { get; init; } = 0.06;

    /// <summary>Decoupled weight decay of AdamW. Default: 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest L2 norm of the gradient; 0 switches clipping off. Default: 1.</summary>
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>Steps between evaluations on the validation split; 0 for once per epoch. Default: 0.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Training time between checkpoints from which a lost trial goes on. Default: 60 s.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Share of tokens that masked-lm hides. Default: 0.15.</summary>
    public double MaskProbability { get; init; } = 0.15;

    /// <summary>Dropout inside the model, while it trains; null for what the model's config.json says. Default: null.</summary>
    public double? Dropout { get; init; }

    /// <summary>Number format in which a trained model's weights are saved. Default: fp32.</summary>
    public Precision SaveAs { get; init; } = Precision.Float32;

    /// <summary>Number format of matrix products; trained weights stay in 32 bits. Default: fp32.</summary>
    public Precision Precision { get; init; } = Precision.Float32;
}

/// <summary>The side on which a text loses what is too much.</summary>
public enum Truncation
{
    /// <summary>The end is cut.</summary>
    End,

    /// <summary>The beginning is cut.</summary>
    Start,

    /// <summary>The middle is cut: as much of the beginning as of the end stays.</summary>
    Middle,
}

/// <summary>Number format of a training run.</summary>
public enum Precision
{
    /// <summary>Everything in 32-bit floats.</summary>
    Float32,

    /// <summary>Factors in bfloat16 and results in 32 bits where the device computes with it, else as <see cref="Float32"/>.</summary>
    BFloat16,

    /// <summary>Everything in 32-bit floats, whose factors a GPU of NVIDIA rounds to 10 bits of fraction (TF32); elsewhere as <see cref="Float32"/>.</summary>
    TensorFloat32,
}

/// <summary>The same settings as <see cref="TrainingSettings"/>, each optional: null leaves the experiment's value.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.TrainingOverrides")]
public sealed record TrainingOverrides
{
    public double? LearningRate { get; init; }
    public int? BatchSize { get; init; }
    public int? AccumulationSteps { get; init; }
    public double? Epochs { get; init; }
    public int? MaxLength { get; init; }
    public Truncation? Truncation { get; init; }
    public int? WindowStride { get; init; }
    public ImmutableSortedDictionary<string, double>? ClassWeights { get; init; }
    public bool? BalancesClasses { get; init; }
    public int? Patience { get; init; }
    public double? WarmupRatio { get; init; }
    public double? WeightDecay { get; init; }
    public double? ClipNorm { get; init; }
    public int? EvaluateEvery { get; init; }
    public TimeSpan? CheckpointEvery { get; init; }
    public double? MaskProbability { get; init; }
    public double? Dropout { get; init; }
    public Precision? SaveAs { get; init; }
    public Precision? Precision { get; init; }

    /// <summary>The settings with every non-null value of these overrides put in.</summary>
    public TrainingSettings ApplyTo(TrainingSettings settings) => settings with
    {
        LearningRate = LearningRate ?? settings.LearningRate,
        BatchSize = BatchSize ?? settings.BatchSize,
        AccumulationSteps = AccumulationSteps ?? settings.AccumulationSteps,
        Epochs = Epochs ?? settings.Epochs,
        MaxLength = MaxLength ?? settings.MaxLength,
        Truncation = Truncation ?? settings.Truncation,
        WindowStride = WindowStride ?? settings.WindowStride,
        ClassWeights = ClassWeights ?? settings.ClassWeights,
        BalancesClasses = BalancesClasses ?? settings.BalancesClasses,
        Patience = Patience ?? settings.Patience,
        WarmupRatio = WarmupRatio ?? settings.WarmupRatio,
        WeightDecay = WeightDecay ?? settings.WeightDecay,
        ClipNorm = ClipNorm ?? settings.ClipNorm,
        EvaluateEvery = EvaluateEvery ?? settings.EvaluateEvery,
        CheckpointEvery = CheckpointEvery ?? settings.CheckpointEvery,
        MaskProbability = MaskProbability ?? settings.MaskProbability,
        Dropout = Dropout ?? settings.Dropout,
        SaveAs = SaveAs ?? settings.SaveAs,
        Precision = Precision ?? settings.Precision,
    };
}
