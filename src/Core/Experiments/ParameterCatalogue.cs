using Nola.Core.Functions;
using Nola.Core.Searching;

namespace Nola.Core.Experiments;

/// <summary>The hyperparameters that a search may vary: their names, ranges, and how each changes a trial.</summary>
public static class ParameterCatalogue
{
    /// <summary>Every named parameter. <c>function</c> and <c>command</c> methods have names of their own instead.</summary>
    public static ImmutableArray<TunableParameter> All { get; } =
    [
        Training("learningRate", "Peak learning rate of AdamW.", 0, 10, (t, v) => t with { LearningRate = v.AsNumber() }),
        Training("batchSize", "Sequences per optimizer step.", 1, 1 << 20, (t, v) => t with { BatchSize = (int)v.AsInteger() }, isInteger: true),
        Training("epochs", "Passes over the training split.", 0, 1e6, (t, v) => t with { Epochs = v.AsNumber() }),
        Training("maxLength", "Longest sequence in tokens.", 4, 1 << 20, (t, v) => t with { MaxLength = (int)v.AsInteger() }, isInteger: true),
        Training("warmupRatio", "Share of steps in which the learning rate rises.", 0, 1, (t, v) => t with { WarmupRatio = v.AsNumber() }),
        Training("weightDecay", "Decoupled weight decay.", 0, 10, (t, v) => t with { WeightDecay = v.AsNumber() }),
        Training("clipNorm", "Largest norm of the gradient.", 0, 1e6, (t, v) => t with { ClipNorm = v.AsNumber() }),
        Training("dropout", "Dropout inside the model.", 0, 0.999, (t, v) => t with { Dropout = v.AsNumber() }),
        Training("maskProbability", "Share of tokens that masked-lm hides.", 0, 1, (t, v) => t with { MaskProbability = v.AsNumber() }),
        Method<LoraMethod>("lora.rank", "Rank of the LoRA update.", 1, 4096, (m, v) => m with { Rank = (int)v.AsInteger() }, isInteger: true),
        Method<LoraMethod>("lora.alpha", "Scaling numerator of LoRA.", 0, 1e6, (m, v) => m with { Alpha = v.AsNumber(), AlphaRatio = null }),
        Method<LoraMethod>("lora.alphaRatio", "LoRA's alpha as a multiple of the rank.", 0, 1e3, (m, v) => m with { AlphaRatio = v.AsNumber() }),
        Method<LoraMethod>("lora.dropout", "Dropout before LoRA's A.", 0, 0.999, (m, v) => m with { Dropout = v.AsNumber() }),
        Method<PrefixMethod>("prefix.tokens", "Trained keys and values per layer of prefix tuning.", 1, 1024, (m, v) => m with { Tokens = (int)v.AsInteger() }, isInteger: true),
        Method<PromptMethod>("prompt.tokens", "Trained embeddings of prompt tuning.", 1, 1024, (m, v) => m with { Tokens = (int)v.AsInteger() }, isInteger: true),
    ];

    /// <summary>The parameter of that name, or null.</summary>
    public static TunableParameter? Find(string name) => All.FirstOrDefault(parameter => parameter.Name == name);

    /// <summary>Whether <paramref name="method"/> has the parameter <paramref name="name"/>.</summary>
    public static bool Fits(string name, MethodSpec method) =>
        method switch
        {
            FunctionMethod function => TestFunction.Find(function.Function)?.Takes(name) ?? true,
            CommandMethod command => command.Uses(name),
            _ => Find(name) is { } parameter && (parameter.Method is null || parameter.Method == method.GetType()),
        };

    /// <summary>
    /// The method and settings with the parameters put in. Names that the method does not have throw <see cref="ArgumentException"/>.
    /// </summary>
    public static (MethodSpec Method, TrainingSettings Training) Apply(
        MethodSpec method, TrainingSettings training, ImmutableSortedDictionary<string, ParameterValue> parameters)
    {
        if (method is FunctionMethod or CommandMethod)
            return (method, training);
        foreach (var (name, value) in parameters)
        {
            if (!Fits(name, method))
                throw new ArgumentException($"The method '{method.Id}' has no parameter '{name}'.", nameof(parameters));
            (method, training) = Find(name)!.Apply(method, training, value);
        }

        return (method, training);
    }

    private static TunableParameter Training(
        string name, string summary, double low, double high, Func<TrainingSettings, ParameterValue, TrainingSettings> set, bool isInteger = false) =>
        new(name, summary, low, high, null, (method, training, value) => (method, set(training, value)), isInteger);

    private static TunableParameter Method<TMethod>(
        string name, string summary, double low, double high, Func<TMethod, ParameterValue, TMethod> set, bool isInteger = false)
        where TMethod : MethodSpec =>
        new(name, summary, low, high, typeof(TMethod), (method, training, value) => (set((TMethod)method, value), training), isInteger);
}

/// <summary>One hyperparameter that a search may vary.</summary>
/// <param name="Name">As it stands in a spec file's <c>space</c>.</param>
/// <param name="Summary">One sentence for documentation and completion.</param>
/// <param name="Low">Smallest sensible value.</param>
/// <param name="High">Largest sensible value.</param>
/// <param name="Method">The method class that has it; null when every training method does.</param>
/// <param name="Apply">Puts a value in.</param>
/// <param name="IsInteger">Whether it takes whole numbers only.</param>
public sealed record TunableParameter(
    string Name,
    string Summary,
    double Low,
    double High,
    Type? Method,
    Func<MethodSpec, TrainingSettings, ParameterValue, (MethodSpec Method, TrainingSettings Training)> Apply,
    bool IsInteger = false);
