using Nola.Client.Specs.Sections;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Core.Functions;
using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether a search has parameters that the methods know, and an end.</summary>
internal static class SearchChecks
{
    public static void Check(SpecDraft spec, SearchDraft search, Problems problems)
    {
        var methods = spec.Methods.Select(method => method.Spec).ToArray();
        foreach (var (parameter, nameAt, valuesAt, whenAt) in search.Parameters)
        {
            if (methods.Length > 0 && !methods.Any(method => ParameterCatalogue.Fits(parameter.Name, method)) && !(spec.Task is { Runner: RunnerKinds.Command } && !Placeholders.IsName(parameter.Name)))
                problems.Add(nameAt, $"no method of this spec has the parameter '{parameter.Name}'", Remedy(parameter.Name, methods));
            if (parameter.When is not null)
                CheckCondition(parameter, whenAt, search, problems);
            if (search.Spec.Sampler == "grid" && parameter.Values is FloatRange { Step: null })
                problems.Add(valuesAt, $"a grid needs a finite number of values, but {parameter.Name} is a range without step", "add a step, write a list, or use the sampler random");
        }

        CheckEnqueued(search, problems);

        if (search.Parameters.FirstOrDefault(item => item.Parameter.Name == "lora.alphaRatio") is { } ratio && search.Parameters.Any(item => item.Parameter.Name == "lora.alpha"))
            problems.Add(ratio.NameAt, "lora.alpha and lora.alphaRatio are both searched", "keep one of them: alphaRatio sets alpha to a multiple of the rank");
        var total = spec.Budget.Total.Budget;
        if (search.Spec.Sampler != "grid" && search.Spec is { Trials: null, Stop: not { Time: not null } and not { Plateau: not null } } && total is { Trials: null, DeviceTime: null, Cost: null, WallClock: null })
            problems.Add(search.At, $"a search with the sampler {search.Spec.Sampler} has no end", "set trials, stop.time or stop.plateau, or a cap under budget.total");
    }

    private static void CheckCondition(SearchParameter parameter, Mark at, SearchDraft search, Problems problems)
    {
        var when = parameter.When!;
        if (search.Parameters.FirstOrDefault(item => item.Parameter.Name == when.Parameter)?.Parameter is not { } parent)
        {
            problems.Add(at, $"{parameter.Name} depends on '{when.Parameter}', which is not searched", Suggestions.Remedy(when.Parameter, Others(search, parameter.Name)));
            return;
        }

        if (when.Values.FirstOrDefault(value => !Domain.Contains(parent.Values, value)) is var value && !when.Values.All(value => Domain.Contains(parent.Values, value)))
            problems.Add(at, $"{parameter.Name} depends on {parent.Name} being {value}, which is none of its values");
        var above = parent;
        for (var depth = 0; above is not null && depth <= search.Parameters.Length; depth++)
        {
            if (above.Name == parameter.Name)
            {
                problems.Add(at, $"{parameter.Name} depends on itself", "remove one of the conditions");
                return;
            }

            above = above.When is { } next ? search.Parameters.FirstOrDefault(item => item.Parameter.Name == next.Parameter)?.Parameter : null;
        }
    }

    private static void CheckEnqueued(SearchDraft search, Problems problems)
    {
        foreach (var (name, value, nameAt, valueAt) in search.Enqueued.SelectMany(point => point.Entries))
        {
            if (search.Parameters.FirstOrDefault(item => item.Parameter.Name == name) is not { } known)
                problems.Add(nameAt, $"the parameter '{name}' is enqueued, but not searched", Suggestions.Remedy(name, Others(search, "")));
            else if (!Domain.Contains(known.Parameter.Values, value))
                problems.Add(valueAt, $"{name} is enqueued with {value}, which is none of the values under space");
        }

        if (search.Spec.Sampler == "grid" && !search.Enqueued.IsEmpty)
            problems.Add(search.SamplerAt, "a grid tries every point in its own order, but points are enqueued", "remove enqueue, or use another sampler");
    }

    private static string[] Others(SearchDraft search, string name) => [.. search.Parameters.Select(item => item.Parameter.Name).Where(other => other != name)];

    private static string? Remedy(string name, MethodSpec[] methods)
    {
        if (methods.Any(method => method is CommandMethod))
            return $"write \"{{{name}}}\" in run or environment, or remove the parameter";
        if (methods.OfType<FunctionMethod>().Select(method => TestFunction.Find(method.Function)).OfType<TestFunction>().SelectMany(function => function.Needed).Distinct().ToArray() is { Length: > 0 } needed)
            return Suggestions.Remedy(name, needed, "its parameters are");
        if (ParameterCatalogue.Find(name) is { Method: not null })
            return $"add the method {name.Split('.')[0]}, or remove the parameter";
        return Suggestions.Remedy(name, [.. ParameterCatalogue.All.Select(parameter => parameter.Name).Where(known => methods.Any(method => ParameterCatalogue.Fits(known, method)))]);
    }
}
