using Nola.Client.Specs.Sections;
using Nola.Core.Experiments;
using Nola.Core.Functions;
using Nola.Core.Searching;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether functions get the parameters that they need, and give the objectives that are asked of them.</summary>
internal static class FunctionChecks
{
    public static void Check(SpecDraft spec, Problems problems)
    {
        foreach (var method in spec.Methods)
        {
            if (method.Spec is not FunctionMethod { Function: var name } || TestFunction.Find(name) is not { } function)
                continue;
            var searched = spec.Search?.Parameters ?? [];
            foreach (var missing in function.Needed.Where(needed => searched.All(item => item.Parameter.Name != needed)))
                problems.Add(method.At, $"the function {name} needs the parameter '{missing}', which is not searched", $"add {Example(function, missing)} to search.space");
            foreach (var item in searched)
            {
                if (function.Space.Parameters.FirstOrDefault(own => own.Name == item.Parameter.Name && function.Needed.Contains(own.Name)) is { } own)
                    CheckValues(function, own.Values, item, problems);
            }

            foreach (var objective in spec.Besides.Concat(spec.Objective is { } first ? [first] : []))
                if (TestFunction.Metrics.IndexOf(objective.Metric) >= function.Objectives)
                    problems.Add(objective.At, $"the function {name} has no '{objective.Metric}'", $"remove it, or use {string.Join(", ", TestFunction.All.Where(other => other.Objectives > function.Objectives).Select(other => other.Name))}");
        }
    }

    private static void CheckValues(TestFunction function, Distribution own, SearchedParameter item, Problems problems)
    {
        var name = item.Parameter.Name;
        if (own is Choices { Values: [{ IsNumeric: false }, ..] } texts)
        {
            if (item.Parameter.Values is not Choices choices || choices.Values.Any(value => !texts.Values.Contains(value)))
                problems.Add(item.ValuesAt, $"the function {function.Name} takes other values of {name}", $"they are {string.Join(", ", texts.Values)}");
        }
        else if (item.Parameter.Values is Choices { Values: var values } && values.Any(value => !value.IsNumeric))
        {
            problems.Add(item.ValuesAt, $"{name} is '{values.First(value => !value.IsNumeric)}', but the function {function.Name} needs a number");
        }
        else if (own is FloatRange { Log: true } && Lowest(item.Parameter.Values) <= 0)
        {
            problems.Add(item.ValuesAt, $"{name} is at least {Lowest(item.Parameter.Values)}, but the function {function.Name} takes its logarithm", "raise it above 0");
        }
    }

    private static double Lowest(Distribution values) => values switch
    {
        Choices choices => choices.Values.Min(value => value.AsNumber()),
        FloatRange range => range.Low,
        IntegerRange range => range.Low,
        _ => double.NaN,
    };

    private static string Example(TestFunction function, string name) => function.Space.Parameters.First(parameter => parameter.Name == name) switch
    {
        { Values: Choices choices } => $"{name}: [{string.Join(", ", choices.Values)}]",
        { Values: FloatRange range } => FormattableString.Invariant($"{name}: {{ low: {range.Low}, high: {range.High}{(range.Log ? ", log: true" : "")} }}"),
        { Values: IntegerRange range } => FormattableString.Invariant($"{name}: {{ low: {range.Low}, high: {range.High} }}"),
        var other => other.Name,
    };
}
