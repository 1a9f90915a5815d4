using Nola.Core.Trials;

namespace Nola.Core.Workers;

/// <summary>What a silo asks of a worker process, over JSON-RPC on the worker's standard input and output.</summary>
public interface IWorker
{
    /// <summary>Loads the native library, runs its self-test and tells what the worker is. Faults when the library cannot be used.</summary>
    Task<WorkerInfo> Hello(WorkerSetup setup, CancellationToken cancellation);

    /// <summary>Runs one attempt to its end, beside the packed ones that run already; cancelling it saves a checkpoint first.</summary>
    Task<RunResult> Run(WorkerJob job, CancellationToken cancellation);

    /// <summary>Classifies texts, or the words of texts, with a fine-tuned model. Faults with one sentence for the user when the model cannot be used.</summary>
    Task<Predictions> Predict(PredictionJob job, CancellationToken cancellation);

    /// <summary>Continues a text with a causal language model, which stays loaded. Faults with one sentence for the user when the model cannot be used.</summary>
    Task<Generation> Generate(GenerationJob job, CancellationToken cancellation);

    /// <summary>Writes a plain model folder that computes what a model and an adapter over it compute. Faults with one sentence for the user.</summary>
    Task Merge(MergeJob job, CancellationToken cancellation);
}

/// <summary>What a worker tells its silo while a trial runs.</summary>
public interface IWorkerEvents
{
    /// <summary>Where a trial's attempt is, about once a second.</summary>
    Task<Directive> Progress(TrialId trial, TrialProgress progress);

    /// <summary>A trial's metrics at a step.</summary>
    Task<Directive> Measured(TrialId trial, Measurement measurement);
}

/// <summary>What a worker is told once, when it starts.</summary>
/// <param name="Threads">CPU threads that it may use.</param>
/// <param name="Device">The device as TorchSharp names it: <c>cpu</c> or <c>cuda:0</c>.</param>
public sealed record WorkerSetup(int Threads, string Device);

/// <summary>What a worker is.</summary>
/// <param name="Process">Process id.</param>
/// <param name="SelfTest">Time that the self-test took.</param>
/// <param name="Environment">Its versions, without the device, which its silo knows.</param>
public sealed record WorkerInfo(int Process, TimeSpan SelfTest, RunEnvironment Environment);

/// <summary>One attempt for a worker.</summary>
/// <param name="Trial">What to do.</param>
/// <param name="ArtifactFolder">The trial's folder, with checkpoints of earlier attempts.</param>
/// <param name="Allowance">What may be used before more is granted.</param>
/// <param name="IsPacked">Whether other attempts may run in the worker meanwhile.</param>
public sealed record WorkerJob(TrialSpec Trial, string ArtifactFolder, Allowance Allowance, bool IsPacked = false);

/// <summary>Texts to classify.</summary>
/// <param name="Model">Hugging Face folder.</param>
/// <param name="Adapter">PEFT folder over it; null for none.</param>
/// <param name="Texts">What to classify.</param>
/// <param name="MaxLength">Longest sequence in tokens; null for the model's own limit, at most 512.</param>
public sealed record PredictionJob(string Model, string? Adapter, ImmutableArray<TextToClassify> Texts, int? MaxLength);

/// <summary>A text, or a pair.</summary>
public sealed record TextToClassify(string Text, string? Pair)
{
    /// <summary>The words, where somebody has told them apart; with single spaces between them they make up the text. Null: a model that tags words splits the text.</summary>
    public ImmutableArray<string>? Words { get; init; }
}

/// <summary>What a model finds.</summary>
/// <param name="Labels">Names of the classes in the order of their numbers.</param>
/// <param name="Probabilities">Of each text, in the order of the texts, each class's; empty for a model that tags words.</param>
public sealed record Predictions(ImmutableArray<string> Labels, ImmutableArray<ImmutableArray<float>> Probabilities)
{
    /// <summary>Of each text its words; null for a model that classifies whole texts.</summary>
    public ImmutableArray<ImmutableArray<TaggedWord>>? Words { get; init; }
}

/// <summary>A word of a text and what a model takes it for.</summary>
/// <param name="Start">Its first character in the text.</param>
/// <param name="Length">Its characters.</param>
/// <param name="Tag">The most probable tag, such as B-Disease or O.</param>
/// <param name="Probability">That of the tag.</param>
public sealed record TaggedWord(int Start, int Length, string Tag, float Probability);

/// <summary>A text to be continued.</summary>
/// <param name="Model">Hugging Face folder.</param>
/// <param name="Prompt">The text.</param>
/// <param name="MaxTokens">Most tokens to be written.</param>
/// <param name="Temperature">Divides the scores before a token is drawn; 0 takes the most probable one.</param>
/// <param name="TopP">Tokens are drawn from the most probable ones that sum up to this.</param>
/// <param name="Seed">Seed of the draws.</param>
/// <param name="Stop">Texts that end it and are not part of the result.</param>
public sealed record GenerationJob(string Model, string Prompt, int MaxTokens, double Temperature, double TopP, int Seed, ImmutableArray<string> Stop);

/// <summary>A continuation.</summary>
/// <param name="Text">What was written.</param>
/// <param name="IsCut">Whether it ended because there was no more room.</param>
/// <param name="PromptTokens">Tokens read.</param>
/// <param name="WrittenTokens">Tokens written.</param>
public sealed record Generation(string Text, bool IsCut, int PromptTokens, int WrittenTokens);

/// <summary>An adapter to be put into its model.</summary>
/// <param name="Model">Hugging Face folder.</param>
/// <param name="Adapter">PEFT folder over it.</param>
/// <param name="Output">Folder to write.</param>
public sealed record MergeJob(string Model, string Adapter, string Output);
