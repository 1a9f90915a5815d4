using Nola.Core.Experiments;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether the budget can be kept and spent.</summary>
internal static class BudgetChecks
{
    /// <summary>Caps that contradict each other.</summary>
    public static void Check(SpecDraft spec, Problems problems)
    {
        var total = spec.Budget.Total;
        if (total.Currency is { } currency)
        {
            if (spec.Task is { Runner: RunnerKinds.Reasoning })
                CheckPrices(spec, total.CostAt, currency, problems);
            else if (spec.Rates is null)
                problems.Add(total.CostAt, "a cap on cost needs a rate card", $"add rates: {{ currency: {currency}, trainingPerHour: …, inferencePerHour: … }}");
            else if (spec.Rates.Currency != currency)
                problems.Add(total.CostAt, $"the cap on cost is in {currency}, but the rate card is in {spec.Rates.Currency}", "use one currency");
        }

        if (total.Budget.DeviceTime is { } deviceTime && spec.Budget.PerTrial is { } perTrial)
            foreach (var time in perTrial.Time.Where(time => time > deviceTime))
                problems.Add(perTrial.TimeAt, $"perTrial.time is {Text(time)}, more than total.deviceTime, which is {Text(deviceTime)}, so no trial could use its time", "lower it or raise the total");
    }

    /// <summary>Caps that the task cannot spend.</summary>
    public static void CheckTask(SpecDraft spec, TaskKind task, Problems problems)
    {
        var total = spec.Budget.Total;
        if (task.Runner == RunnerKinds.Reasoning)
        {
            if (total.Budget.DeviceTime is not null)
                problems.Add(total.DeviceTimeAt, $"the task {task.Name} trains nothing, so deviceTime is never spent", "cap it by tokens, requests, cost or wallClock");
            if (spec.Budget.PerTrial is { } perTrial && !(perTrial.Epochs.IsEmpty && perTrial.Steps.IsEmpty && perTrial.Time.IsEmpty))
                problems.Add(perTrial.TimeAt, $"the task {task.Name} trains nothing", "cap it by samples, which are problems here");
        }
        else if (total.Budget.Tokens is not null || total.Budget.Requests is not null)
            problems.Add(total.TokensAt, $"the task {task.Name} calls no language model, so tokens and requests are never spent", "remove the cap");
        if (spec.Budget.SamplesPerClassAt is { } at && !task.NeedsLabels)
            problems.Add(at, $"the task {task.Name} has no classes", "remove samplesPerClass, or cap the samples seen by perTrial.samples");
        if (task.Runner == RunnerKinds.Command && spec.Budget.PerTrial is { } own && !(own.Samples.IsEmpty && own.Epochs.IsEmpty))
            problems.Add(own.TimeAt, "the task command knows of no samples and no passes over them", "cap it by time, or by steps, which the program reports");
        if (task.Runner == RunnerKinds.Function && spec.Budget.PerTrial is { } caps && !(caps.Samples.IsEmpty && caps.Epochs.IsEmpty && caps.Steps.IsEmpty))
            problems.Add(caps.TimeAt, "the task function sees no samples", "cap it by time");
    }

    // Money is spent on tokens here.
    private static void CheckPrices(SpecDraft spec, Yaml.Mark at, string currency, Problems problems)
    {
        foreach (var model in spec.Models)
            if (model.Spec is EndpointModel { Price: var price } && price?.Currency != currency && (price is not null || model.Spec is ServedModel))
                problems.Add(at, price is null ? $"a cap on cost needs the price of the model {model.Spec.Id}" : $"the cap on cost is in {currency}, but the price of {model.Spec.Id} is in {price.Currency}", price is null ? $"add price: {{ prompt: … {currency}/1M, completion: … {currency}/1M }} to it" : "use one currency");
    }

    private static string Text(TimeSpan time) => time.TotalHours >= 1 && time.TotalMinutes % 60 == 0 ? $"{time.TotalHours:0}h" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s");
}
