using Nola.Client.Specs.Sections;
using Nola.Core.Experiments;
using Nola.Core.Searching;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether a search has parameters that the methods know, and an end.</summary>
internal static class SearchChecks
{
    public static void Check(SpecDraft spec, SearchDraft search, Problems problems)
    {
        var methods = spec.Methods.Select(method => method.Spec).ToArray();
        foreach (var (parameter, nameAt, valuesAt) in search.Parameters)
        {
            if (!methods.Any(method => ParameterCatalogue.Fits(parameter.Name, method)))
                problems.Add(nameAt, $"no method of this spec has the parameter '{parameter.Name}'", Remedy(parameter.Name, methods));
            if (search.Spec.Sampler == "grid" && parameter.Values is FloatRange { Step: null })
                problems.Add(valuesAt, $"a grid needs a finite number of values, but {parameter.Name} is a range without step", "add a step, write a list, or use the sampler random");
        }

        if (search.Parameters.FirstOrDefault(item => item.Parameter.Name == "lora.alphaRatio") is { } ratio && search.Parameters.Any(item => item.Parameter.Name == "lora.alpha"))
            problems.Add(ratio.NameAt, "lora.alpha and lora.alphaRatio are both searched", "keep one of them: alphaRatio sets alpha to a multiple of the rank");
        var total = spec.Budget.Total.Budget;
        if (search.Spec.Sampler != "grid" && search.Spec.Trials is null && total is { Trials: null, DeviceTime: null, Cost: null, WallClock: null })
            problems.Add(search.At, $"a search with the sampler {search.Spec.Sampler} has no end", "set trials, or a cap under budget.total");
    }

    private static string? Remedy(string name, MethodSpec[] methods)
    {
        if (ParameterCatalogue.Find(name) is { Method: not null })
            return $"add the method {name.Split('.')[0]}, or remove the parameter";
        return Suggestions.Remedy(name, [.. ParameterCatalogue.All.Select(parameter => parameter.Name).Where(known => methods.Any(method => ParameterCatalogue.Fits(known, method)))]);
    }
}
