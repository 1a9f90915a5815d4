using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Core.Functions;

namespace Nola.Client.Specs.Sections;

/// <summary>The methods of the matrix: a name, or a name with options.</summary>
internal static class MethodsSection
{
    private static readonly Key<string> Id = new("id", Values.Text(), "The name that reports show; needed when a method stands in the list twice.", "the method's name");

    private static readonly Key<int> Rank = new("rank", Values.Integer(1, 4096), "Rank r of the update.", "8");
    private static readonly Key<double> Alpha = new("alpha", Values.Number(0, 1e6), "Scaling numerator; the update is scaled by alpha / rank.", "8");
    private static readonly Key<double> AlphaRatio = new("alphaRatio", Values.Number(0, 1e3), "Sets alpha to this times the rank.");
    private static readonly Key<double> Dropout = new("dropout", Values.Number(0, 0.999), "Dropout before A.", "0.1");
    private static readonly Key<ImmutableArray<string>> LoraTargets = new("targets", LayerNames, "Names, or ends of names, of the linear layers to adapt; all-linear for all but the head.", "the model's key and value projections");
    private static readonly Key<string> Pattern = new("targetPattern", Values.Pattern, "A regular expression for the whole names of the layers, instead of targets.");
    private static readonly Key<ImmutableArray<int>> Layers = new("layers", new ManyForm<int>(Values.Integer(0)), "Indices of the transformer layers to adapt, from 0.", "all layers");
    private static readonly Key<LoraBias> Bias = new("bias", new ChoiceForm<LoraBias>("bias", ("none", LoraBias.None), ("all", LoraBias.All), ("lora_only", LoraBias.LoraOnly)), "Biases that are trained too: none, all, or those of the adapted layers.", "none");
    private static readonly Key<bool> RankStabilized = new("rslora", Values.Truth, "rsLoRA (arXiv 2312.03732): the update is scaled by alpha / √rank.", "false");
    private static readonly Key<bool> Dora = new("dora", Values.Truth, "DoRA (arXiv 2402.09353): the lengths of the weight's rows are trained apart from their directions.", "false");
    private static readonly Key<ImmutableSortedDictionary<string, int>> RankPattern = new("rankPattern", new PatternMapForm<int>(Values.Integer(1, 4096), "{ layer.0.attention.self.key: 16 }"), "Other ranks for the layers whose names end in the given way, a regular expression.", "none");
    private static readonly Key<ImmutableSortedDictionary<string, double>> AlphaPattern = new("alphaPattern", new PatternMapForm<double>(Values.Number(0, 1e6), "{ layer.0.attention.self.key: 32 }"), "Other alphas for the layers whose names end in the given way, a regular expression.", "none");

    private static readonly Key<ImmutableArray<string>> Ia3Targets = new("targets", LayerNames, "Names, or ends of names, of the layers to rescale.", "keys, values and the last feed-forward layer");
    private static readonly Key<ImmutableArray<string>> FeedForward = new("feedForward", LayerNames, "Those of the targets that are scaled at their input.", "the last feed-forward layer, where it is a target");

    private static readonly Key<int> Tokens = new("tokens", Values.Integer(1, 1024), "Virtual tokens before each text; they count towards the model's positions.", "10");

    private static readonly Key<string> Function = new("name", new ChoiceForm<string>("function", [.. TestFunction.All.Select(function => (function.Name, function.Name))]), "Which function; docs/search.md has their parameters.", "constant");
    private static readonly Key<TimeSpan> Duration = new("duration", Values.DurationOrZero, "Simulated run time of one trial.", "0s");
    private static readonly Key<int> Steps = new("steps", Values.Integer(1, 1_000_000), "Reports of intermediate values per trial.", "10 with a duration or a curve, else none");
    private static readonly Key<double> Curve = new("curve", Values.Number(0, 1e9), "How far above its last value a trial begins; the way down is quick in some trials and slow in others.", "0");
    private static readonly Key<double> FailureRate = new("failureRate", Values.Number(0, 1), "Share of trials that fail; the seed and the number of a trial decide.", "0");

    private static readonly Dictionary<string, Section<MethodDraft>> Own = new()
    {
        ["full"] = new("methods[].full", "Full fine-tuning: every weight is trained.", [Id, .. TrainingSection.Overrides], fields => Draft(fields, "full", id => new FullMethod { Id = id })),
        ["lora"] = new("methods[].lora", "LoRA (Hu et al., arXiv 2106.09685) with the defaults of arXiv 2402.10597.", [Id, Rank, Alpha, AlphaRatio, Dropout, LoraTargets, Pattern, Layers, Bias, RankStabilized, Dora, RankPattern, AlphaPattern, .. TrainingSection.OverridesBesideLora], Lora),
        ["ia3"] = new("methods[].ia3", "IA3 (Liu et al., arXiv 2205.05638): learned vectors rescale keys, values and the feed-forward input.", [Id, Ia3Targets, Pattern, FeedForward, Layers, .. TrainingSection.Overrides], Ia3),
        ["head"] = new("methods[].head", "Only the output head is trained, on the states of a frozen model.", [Id, .. TrainingSection.Overrides], fields => Draft(fields, "head", id => new HeadMethod { Id = id })),
        ["bitfit"] = new("methods[].bitfit", "BitFit (Ben Zaken et al., arXiv 2106.10199): only the biases and the output head are trained.", [Id, .. TrainingSection.Overrides], fields => Draft(fields, "bitfit", id => new BitFitMethod { Id = id })),
        ["prefix"] = new("methods[].prefix", "Prefix tuning (Li and Liang, arXiv 2101.00190): every layer attends to trained keys and values before those of the text.", [Id, Tokens, .. TrainingSection.Overrides], fields =>
            Draft(fields, "prefix", id => new PrefixMethod { Id = id, Tokens = fields.Get(Tokens, 10) })),
        ["prompt"] = new("methods[].prompt", "Prompt tuning (Lester et al., arXiv 2104.08691): trained embeddings stand before those of the text.", [Id, Tokens, .. TrainingSection.Overrides], fields =>
            Draft(fields, "prompt", id => new PromptMethod { Id = id, Tokens = fields.Get(Tokens, 10) })),
        ["function"] = new("methods[].function", "A built-in synthetic objective, for the task function.", [Id, Function, Duration, Steps, Curve, FailureRate], fields =>
            Draft(fields, "function", id => new FunctionMethod
            {
                Id = id,
                Function = fields.Get(Function, "constant"),
                Duration = fields.Get(Duration, TimeSpan.Zero),
                Steps = fields.Find(Steps),
                Curve = fields.Get(Curve, 0),
                FailureRate = fields.Get(FailureRate, 0),
            })),
    };

    private static readonly Dictionary<string, Section<MethodDraft>> Kinds = new([.. Own, CommandSection.Kind(Id, Draft), .. PromptingSection.Kinds(Id, Draft)]);

    /// <summary>Names of the methods that train.</summary>
    public static IEnumerable<string> Training => Own.Keys.Where(name => name != "function");

    /// <summary>The value of <c>methods</c>.</summary>
    public static Form<ImmutableArray<MethodDraft>> Form { get; } = new ManyForm<MethodDraft>(
        new NamedSectionForm<MethodDraft>(
            "method",
            $"a method ({string.Join(", ", Kinds.Keys)}), or a map such as {{ lora: {{ rank: 8 }} }}",
            [.. Kinds.Select(kind => (kind.Key, kind.Value))],
            (name, section) => $"write {{ {name}: {{ {section.Keys[1].Name}: … }} }}, or {name} alone"),
        draft => draft.Spec.Id);

    private static MethodDraft Lora(Fields fields)
    {
        if (fields.Has(Alpha) && fields.Has(AlphaRatio))
            fields.Context.Problems.Add(fields.MarkOf(AlphaRatio), "alpha and alphaRatio are both set", "keep one of them: alphaRatio sets alpha to a multiple of the rank");
        CheckPattern(fields, LoraTargets);
        var plain = new LoraMethod { Id = "" };
        return Draft(fields, "lora", id => plain with
        {
            Id = id,
            Rank = fields.Get(Rank, plain.Rank),
            Alpha = fields.Get(Alpha, plain.Alpha),
            AlphaRatio = fields.Find(AlphaRatio),
            Dropout = fields.Get(Dropout, plain.Dropout),
            Targets = fields.Get(LoraTargets, plain.Targets),
            TargetPattern = fields.FindObject(Pattern),
            Layers = fields.Get(Layers, []),
            Bias = fields.Get(Bias, plain.Bias),
            RankStabilized = fields.Get(RankStabilized, plain.RankStabilized),
            Dora = fields.Get(Dora, plain.Dora),
            RankPattern = fields.Get(RankPattern, plain.RankPattern),
            AlphaPattern = fields.Get(AlphaPattern, plain.AlphaPattern),
        });
    }

    private static MethodDraft Ia3(Fields fields)
    {
        CheckPattern(fields, Ia3Targets);
        var plain = new Ia3Method { Id = "" };
        var targets = fields.Get(Ia3Targets, plain.Targets);
        var feedForward = fields.Get(FeedForward, [.. targets.Where(IsFeedForward)]);
        foreach (var stranger in feedForward.Where(name => !targets.Contains(name)))
            fields.Context.Problems.Add(fields.MarkOf(FeedForward), $"feedForward names '{stranger}', which is none of the targets", targets.IsEmpty ? "name the targets too" : $"the targets are {string.Join(", ", targets)}");
        return Draft(fields, "ia3", id => plain with { Id = id, Targets = targets, TargetPattern = fields.FindObject(Pattern), FeedForward = feedForward, Layers = fields.Get(Layers, []) });
    }

    // The last layer of the feed-forward block in each architecture.
    private static bool IsFeedForward(string target) => target is "output.dense" or "ffn.lin2" or "lin2" or "down_proj" or "mlp.down_proj";

    private static Form<ImmutableArray<string>> LayerNames => new ManyForm<string>(Values.Text("the name of a layer"));

    private static void CheckPattern(Fields fields, Key targets)
    {
        if (fields.Has(targets) && fields.Has(Pattern))
            fields.Context.Problems.Add(fields.MarkOf(Pattern), "targets and targetPattern are both set", "keep one of them");
    }

    private static MethodDraft Draft(Fields fields, string name, Func<string, MethodSpec> make) =>
        new(make(fields.Get(Id, name)) with { Training = TrainingSection.Read(fields) }, fields);
}

/// <summary>A method as read from a spec, with the places that later checks need.</summary>
internal sealed record MethodDraft(MethodSpec Spec, Fields Fields)
{
    /// <summary>Where it stands.</summary>
    public Mark At => Fields.At;

    /// <summary>Where the value of one of its keys stands; the method's place when it does not.</summary>
    public Mark MarkOf(string key) => Fields.Marks.FirstOrDefault(item => item.Key.Name == key) is { Key: not null } found ? found.Value : At;
}
