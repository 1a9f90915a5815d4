using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Budgets;
using Nola.Core.Quantities;

namespace Nola.Client.Specs.Sections;

/// <summary>Caps per trial and in total; lists of per-trial caps are axes of the matrix.</summary>
internal static class BudgetSection
{
    private static readonly Key<ImmutableArray<TimeSpan>> Time = new("time", new ManyForm<TimeSpan>(Values.Duration), "Training time of one trial, over all its attempts.", "no cap");
    private static readonly Key<ImmutableArray<long>> Samples = new("samples", new ManyForm<long>(Values.Count), "Training samples that one trial sees.", "no cap");
    private static readonly Key<ImmutableArray<long>> Steps = new("steps", new ManyForm<long>(Values.Count), "Optimizer steps of one trial.", "no cap");
    private static readonly Key<ImmutableArray<double>> Epochs = new("epochs", new ManyForm<double>(Values.Number(0, 1e6, isAboveLow: true)), "Passes of one trial over the training split.", "no cap");
    private static readonly Section<TrialDraft> PerTrial = new("budget.perTrial", "Caps on one trial; the first one reached ends it. A list makes one study per value.", [Time, Samples, Steps, Epochs], fields => new(
        fields.Get(Time, []), fields.Get(Samples, []), fields.Get(Steps, []), fields.Get(Epochs, []), fields.MarkOf(Time)));

    private static readonly Key<TimeSpan> DeviceTime = new("deviceTime", Values.Duration, "Training time summed over all attempts of all trials.", "no cap");
    private static readonly Key<long> Trials = new("trials", Values.Count, "Trials started.", "no cap");
    private static readonly Key<Money> Cost = new("cost", Values.Money, "Money by the rate card, and what calls of language models cost.", "no cap");
    private static readonly Key<TimeSpan> WallClock = new("wallClock", Values.Duration, "Time from the start of the experiment, pauses not counted.", "no cap");
    private static readonly Key<long> Tokens = new("tokens", Values.Count, "Tokens of language models, prompts and completions.", "no cap");
    private static readonly Key<long> Requests = new("requests", Values.Count, "Calls of language models.", "no cap");
    private static readonly Section<TotalDraft> Total = new("budget.total", "Caps on the experiment as a whole.", [DeviceTime, Trials, Cost, WallClock, Tokens, Requests], fields => new(
        new()
        {
            DeviceTime = fields.Find(DeviceTime),
            Trials = fields.Find(Trials),
            Cost = fields.Find(Cost)?.Amount,
            WallClock = fields.Find(WallClock),
            Tokens = fields.Find(Tokens),
            Requests = fields.Find(Requests),
        },
        fields.Find(Cost)?.Currency,
        fields.MarkOf(Cost),
        fields.MarkOf(DeviceTime),
        fields.Has(Tokens) ? fields.MarkOf(Tokens) : fields.MarkOf(Requests)));

    private static readonly Key<TrialDraft> PerTrialKey = new("perTrial", PerTrial.Form, "Caps on one trial.", "no caps");
    private static readonly Key<ImmutableArray<int>> SamplesPerClass = new("samplesPerClass", new ManyForm<int>(Values.Integer(1)), "Size of the few-shot training subset, per class; subsets of one seed are nested.", "the whole split");
    private static readonly Key<TotalDraft> TotalKey = new("total", Total.Form, "Caps on the experiment.", "no caps");

    /// <summary>The section <c>budget</c>.</summary>
    public static Section<BudgetDraft> Section { get; } = new(
        "budget", "What may be spent. Lists under perTrial and samplesPerClass are axes of the matrix.", [PerTrialKey, SamplesPerClass, TotalKey],
        fields => new(
            Variants(fields.FindObject(PerTrialKey), fields.Get(SamplesPerClass, [])),
            fields.FindObject(PerTrialKey),
            fields.FindObject(TotalKey) ?? TotalDraft.None,
            fields.Has(SamplesPerClass) ? fields.MarkOf(SamplesPerClass) : null));

    /// <summary>The section <c>rates</c>.</summary>
    public static Section<RateCard> Rates { get; } = RatesSection();

    private static ImmutableArray<TrialBudget> Variants(TrialDraft? perTrial, ImmutableArray<int> perClass)
    {
        perTrial ??= new([], [], [], [], Mark.Start);
        return [..
            from subset in Axis(perClass)
            from time in Axis(perTrial.Time)
            from samples in Axis(perTrial.Samples)
            from steps in Axis(perTrial.Steps)
            from epochs in Axis(perTrial.Epochs)
            select new TrialBudget { SamplesPerClass = subset, Time = time, Samples = samples, Steps = steps, Epochs = epochs }];
    }

    private static IEnumerable<T?> Axis<T>(ImmutableArray<T> values)
        where T : struct => values.IsEmpty ? [null] : values.Select(value => (T?)value);

    private static Section<RateCard> RatesSection()
    {
        var currency = new Key<string>("currency", Values.Currency, "ISO 4217 code, such as GBP.") { IsRequired = true };
        var training = new Key<decimal>("trainingPerHour", Values.Price, "Price of one hour of training on one device slot.") { IsRequired = true };
        var inference = new Key<decimal>("inferencePerHour", Values.Price, "Price of one hour of evaluation on one device slot.") { IsRequired = true };
        return new("rates", "What device time costs; with it, reports show costs. arXiv 2402.10597 has GBP 2.0396 for training and 1.9851 for inference.", [currency, training, inference], fields => new()
        {
            Currency = fields.Get(currency),
            TrainingPerHour = fields.Get(training),
            InferencePerHour = fields.Get(inference),
        });
    }
}

/// <summary>The section <c>budget.perTrial</c> as read.</summary>
internal sealed record TrialDraft(ImmutableArray<TimeSpan> Time, ImmutableArray<long> Samples, ImmutableArray<long> Steps, ImmutableArray<double> Epochs, Mark TimeAt);

/// <summary>The section <c>budget.total</c> as read.</summary>
internal sealed record TotalDraft(TotalBudget Budget, string? Currency, Mark CostAt, Mark DeviceTimeAt, Mark TokensAt)
{
    public static TotalDraft None { get; } = new(TotalBudget.None, null, Mark.Start, Mark.Start, Mark.Start);
}

/// <summary>The section <c>budget</c> as read.</summary>
internal sealed record BudgetDraft(ImmutableArray<TrialBudget> Variants, TrialDraft? PerTrial, TotalDraft Total, Mark? SamplesPerClassAt)
{
    public static BudgetDraft None { get; } = new([TrialBudget.None], null, TotalDraft.None, null);
}
