using System.Globalization;
using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Search.Pruners;
using Nola.Search.Samplers;

namespace Nola.Client.Specs.Sections;

/// <summary>The search over hyperparameters.</summary>
internal static class SearchSection
{
    private static readonly Key<NamedOptions> Sampler = new("sampler", SearchKindForm.Of("sampler", SamplerFactory.Kinds), "How hyperparameters are chosen.", "random");
    private static readonly Key<NamedOptions> Pruner = new("pruner", SearchKindForm.Of("pruner", PrunerFactory.Kinds), "What ends trials that are not worth going on with.", "none");
    private static readonly Key<StopRule> Stop = new("stop", StopSection.Form, "When a study starts no more trials.", "never before trials and budgets end");
    private static readonly Key<ImmutableArray<EnqueuedPoint>> Enqueue = new("enqueue", new EnqueueForm(), "Sets of hyperparameters to try first; the sampler chooses what one does not name.", "none");
    private static readonly Key<ImmutableArray<EarlierDraft>> WarmStart = new("warmStart", new ManyForm<EarlierDraft>(new WarmStartForm(), WarmStartForm.Identity), "Ids of ended experiments, from whose trials in the study of the same name the sampler learns; or journals of Optuna.", "none");
    private static readonly Key<int> Trials = new("trials", Values.Integer(1), "Sets of hyperparameters per study; each is run once per seed.", "until the grid or the total budget ends");
    private static readonly Key<int> Seed = new("seed", Values.Integer(0), "Seed of the sampler.", "0");
    private static readonly Key<ImmutableArray<SearchedParameter>> Space = new("space", new SpaceForm(), "The parameters and the values they may take. A study searches over those that its method has.") { IsRequired = true };

    /// <summary>The section <c>search</c>.</summary>
    public static Section<SearchDraft> Section { get; } = new("search", "A search over hyperparameters within each study.", [Sampler, Pruner, Trials, Stop, Seed, Enqueue, WarmStart, Space], fields => new(
        new()
        {
            Sampler = fields.FindObject(Sampler)?.Name ?? "random",
            SamplerOptions = fields.FindObject(Sampler)?.Options ?? NoOptions,
            Pruner = fields.FindObject(Pruner)?.Name,
            PrunerOptions = fields.FindObject(Pruner)?.Options ?? NoOptions,
            Stop = fields.FindObject(Stop),
            Enqueue = [.. fields.Get(Enqueue, []).Select(point => point.Values)],
            WarmStart = [.. fields.Get(WarmStart, []).Select(earlier => earlier.Experiment).OfType<string>()],
            LearnsFromKnownTrials = fields.Get(WarmStart, []).Any(earlier => earlier.Journal is not null),
            Trials = fields.Find(Trials),
            Seed = fields.Get(Seed, 0),
            Space = new([.. fields.Get(Space).Select(item => item.Parameter)]),
        },
        fields.Get(Space),
        fields.At,
        fields.MarkOf(Sampler),
        fields.Get(Enqueue, []),
        [.. fields.Get(WarmStart, []).Select(earlier => earlier.Journal).OfType<JournalDraft>()]));

    private static ImmutableSortedDictionary<string, ParameterValue> NoOptions => ImmutableSortedDictionary<string, ParameterValue>.Empty;
}

/// <summary>A search as read; whether the methods have its parameters is checked later.</summary>
internal sealed record SearchDraft(
    SearchSpec Spec, ImmutableArray<SearchedParameter> Parameters, Mark At, Mark SamplerAt, ImmutableArray<EnqueuedPoint> Enqueued, ImmutableArray<JournalDraft> Journals);

/// <summary>A parameter of a search and where its name and its values stand.</summary>
internal sealed record SearchedParameter(SearchParameter Parameter, Mark NameAt, Mark ValuesAt, Mark WhenAt);

/// <summary>Parameters with their values: <c>lora.rank: [8, 16]</c>, <c>learningRate: { low: 1e-5, high: 1e-3, log: true }</c>.</summary>
internal sealed class SpaceForm : Form<ImmutableArray<SearchedParameter>>
{
    public override string Words => "a map of parameters to values, such as { learningRate: { low: 1e-5, high: 1e-3, log: true } }";

    public override IEnumerable<Section> Sections => [RangeForm.Section, RangeForm.ListSection];

    public override JsonObject Schema(JsonObject definitions)
    {
        var values = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["type"] = new JsonArray("number", "string", "boolean") } },
                RangeForm.Section.Form.Schema(definitions),
                RangeForm.ListSection.Form.Schema(definitions)),
        };
        var properties = new JsonObject();
        foreach (var parameter in ParameterCatalogue.All)
        {
            var schema = values.DeepClone();
            schema["description"] = parameter.Summary;
            properties[parameter.Name] = schema;
        }

        return new() { ["type"] = "object", ["minProperties"] = 1, ["properties"] = properties, ["additionalProperties"] = values };
    }

    public override bool TryRead(Node node, string name, ReadContext context, out ImmutableArray<SearchedParameter> value)
    {
        value = [];
        if (node is not MapNode { Entries.IsEmpty: false } map)
            return Refuse(node, name, context);
        var found = ImmutableArray.CreateBuilder<SearchedParameter>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, values) in map.Entries)
        {
            if (!names.Add(key.Text))
                context.Problems.Add(key.At, $"the parameter '{key.Text}' stands here a second time", "remove one of them");
            else if (RangeForm.Read(key.Text, values, context) is { } read)
                found.Add(new(new(key.Text, read.Values, read.When?.Condition), key.At, values.At, read.When?.At ?? values.At));
        }

        value = found.ToImmutable();
        return true;
    }
}

/// <summary>The values of one parameter: a list, or a range.</summary>
internal static class RangeForm
{
    private static readonly Key<double> Low = new("low", Bound, "Smallest value.") { IsRequired = true };
    private static readonly Key<double> High = new("high", Bound, "Largest value.") { IsRequired = true };
    private static readonly Key<bool> Log = new("log", Values.Truth, "Whether values are spread evenly by their logarithm.", "false");
    private static readonly Key<bool> Whole = new("integer", Values.Truth, "Whether whole numbers alone are taken.", "as the parameter is; false for those of function and command");
    private static readonly Key<double> Step = new("step", Values.Number(0, 1e9, isAboveLow: true), "Distance between values; a grid over numbers needs it.", "none; 1 for integers");

    private static readonly Key<PlacedCondition> When = new("when", new ConditionForm(), "Another parameter and the values with which this one exists, such as { optimizer: sgd }.", "always");
    private static readonly Key<PlacedNode> List = new("values", new ListForm(), "The list.") { IsRequired = true };

    /// <summary>The section of a list that exists under a condition.</summary>
    public static Section<ListDraft> ListSection { get; } = new("search.space.list", "A list of values of a parameter with a condition; without one, write the list alone.", [List, When], fields => new(
        (ListNode)fields.Get(List).Node, fields.FindObject(When)));

    /// <summary>The section of a range.</summary>
    public static Section<RangeDraft> Section { get; } = new("search.space.*", "A range of a parameter, as an alternative to a list of values.", [Low, High, Log, Step, Whole, When], fields => new(
        fields.Get(Low), fields.Get(High), fields.Get(Log, false), fields.Find(Step), fields.Find(Whole), fields.MarkOf(Low), fields.MarkOf(High), fields.MarkOf(Step), fields.FindObject(When)));

    private static Form<double> Bound => Values.Number(-1e12, 1e12);

    /// <summary>The values of a parameter; null after a problem was added.</summary>
    public static (Distribution Values, PlacedCondition? When)? Read(string name, Node node, ReadContext context)
    {
        var known = context.TakesAnyParameter ? null : ParameterCatalogue.Find(name);
        switch (node)
        {
            case ListNode { Items.IsEmpty: false } list:
                return Choices(name, list, known, context) is { } choices ? (choices, null) : null;
            case MapNode map when map.Entries.Any(entry => entry.Key.Text == "values"):
                return ListSection.Build(map, context) is { } whole && Choices(name, whole.Values, known, context) is { } listed ? (listed, whole.When) : null;
            case MapNode map:
                return Section.Build(map, context) is { } range && Range(name, range, known, context) is { } values ? (values, range.When) : null;
            default:
                context.Problems.Add(node.At, $"{name} is {(node is ListNode ? "an empty list" : node.Words)}, but must be a list or a range", $"write {name}: [a, b] or {name}: {{ low: a, high: b }}; a fixed value stands under training or the method");
                return null;
        }
    }

    private static Choices? Choices(string name, ListNode list, TunableParameter? known, ReadContext context)
    {
        var values = ImmutableArray.CreateBuilder<ParameterValue>();
        var before = context.Problems.Count;
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode { IsEmpty: false } scalar)
                context.Problems.Add(item.At, $"{name} takes {item.Words}, but its values must be numbers or texts");
            else if (known is not null && !Fits(scalar.Text, known))
                context.Problems.Add(item.At, $"{name} takes {item.Words}, but its values must be {Words(known)}");
            else if (values.Contains(ValueOf(scalar)))
                context.Problems.Add(item.At, $"{name} names {item.Words} twice", "remove one");
            else
                values.Add(ValueOf(scalar));
        }

        return context.Problems.Count == before ? new(values.ToImmutable()) : null;
    }

    private static Distribution? Range(string name, RangeDraft range, TunableParameter? known, ReadContext context)
    {
        var problems = context.Problems;
        var before = problems.Count;
        if (range.High <= range.Low)
            problems.Add(range.HighAt, $"high is {Values.Text(range.High)}, but must be above low, which is {Values.Text(range.Low)}", "exchange them");
        if (range.Log && range.Low <= 0)
            problems.Add(range.LowAt, $"low is {Values.Text(range.Low)}, but must be above 0 when log is true", "raise low or remove log");
        if (range.Log && range.Step is not null)
            problems.Add(range.StepAt, "step and log are both set", "keep one of them, or list the values");
        if (known is not null && range.Low < known.Low)
            problems.Add(range.LowAt, $"low is {Values.Text(range.Low)}, but {name} must be {Words(known)}");
        if (known is not null && range.High > known.High)
            problems.Add(range.HighAt, $"high is {Values.Text(range.High)}, but {name} must be {Words(known)}");
        var isInteger = known is { IsInteger: true } || range.Whole == true;
        if (isInteger)
        {
            foreach (var (bound, at) in new[] { (range.Low, range.LowAt), (range.High, range.HighAt), (range.Step ?? 1, range.StepAt) })
                if (bound != Math.Truncate(bound))
                    problems.Add(at, $"{name} is searched with {Values.Text(bound)}, but takes integers only");
        }

        if (problems.Count > before)
            return null;
        return isInteger
            ? new IntegerRange((long)range.Low, (long)range.High, range.Log, (long)(range.Step ?? 1))
            : new FloatRange(range.Low, range.High, range.Log, range.Step);
    }

    private static bool Fits(string text, TunableParameter known) =>
        Values.TryNumber(text, out var number) && number >= known.Low && number <= known.High && (!known.IsInteger || number == Math.Truncate(number));

    private static string Words(TunableParameter known) => $"{(known.IsInteger ? "integers" : "numbers")} from {Values.Text(known.Low)} to {Values.Text(known.High)}";

    /// <summary>The value that a scalar stands for.</summary>
    public static ParameterValue ValueOf(ScalarNode scalar) =>
        scalar.IsQuoted ? scalar.Text
        : long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer
        : Values.TryNumber(scalar.Text, out var number) ? number
        : scalar.Text is "true" or "false" ? scalar.Text == "true"
        : scalar.Text;
}

/// <summary>A range as read.</summary>
internal sealed record RangeDraft(double Low, double High, bool Log, double? Step, bool? Whole, Mark LowAt, Mark HighAt, Mark StepAt, PlacedCondition? When);

/// <summary>A list with a condition as read.</summary>
internal sealed record ListDraft(ListNode Values, PlacedCondition? When);
