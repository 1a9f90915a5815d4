using System.Globalization;
using Nola.Client.Specs.Sections;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether the methods and the training settings fit the models.</summary>
internal static class LayerChecks
{
    public static void Check(SpecDraft spec, Problems problems)
    {
        foreach (var method in spec.Methods)
            foreach (var model in spec.Models)
                if (model.Shape is { } shape)
                {
                    CheckTargets(method, model.Spec.Id, shape, problems);
                    CheckLength(spec, method, model, shape, problems);
                }
    }

    private static void CheckTargets(MethodDraft method, string model, ModelShape shape, Problems problems)
    {
        var targets = method.Spec switch
        {
            LoraMethod lora => new LayerTargets(lora.Targets, lora.TargetPattern, lora.Layers),
            Ia3Method ia3 => new(ia3.Targets, ia3.TargetPattern, ia3.Layers),
            _ => new([], null, []),
        };
        foreach (var target in targets.Names.Where(target => !shape.Has(target)))
            problems.Add(method.MarkOf("targets"), $"no layer of the model {model} is called '{target}'", Suggestions.Remedy(target, [.. shape.ShortNames, LayerTargets.AllLinear], "its layers are"));
        if (targets.Pattern is { } pattern && !shape.Matches(pattern))
            problems.Add(method.MarkOf("targetPattern"), $"no layer of the model {model} has a name that '{pattern}' matches whole", $"its first layer is {shape.LinearLayers[0]}");
        foreach (var layer in targets.Layers.Where(layer => layer >= shape.Layers))
            problems.Add(method.MarkOf("layers"), string.Create(CultureInfo.InvariantCulture, $"the model {model} has no layer {layer}"), string.Create(CultureInfo.InvariantCulture, $"its layers are 0 to {shape.Layers - 1}"));
        if (method.Spec is not LoraMethod { RankPattern: var ranks, AlphaPattern: var alphas })
            return;
        foreach (var (key, end) in ranks.Keys.Select(end => ("rankPattern", end)).Concat(alphas.Keys.Select(end => ("alphaPattern", end))))
            if (!shape.Matches($@"(.*\.)?({end})"))
                problems.Add(method.MarkOf(key), $"no layer of the model {model} has a name that ends in '{end}'", $"its first layer is {shape.LinearLayers[0]}");
    }

    private static void CheckLength(SpecDraft spec, MethodDraft method, ModelDraft model, ModelShape shape, Problems problems)
    {
        var own = method.Spec.Training.MaxLength;
        var length = own ?? spec.Training?.Settings.MaxLength ?? new TrainingSettings().MaxLength;
        var added = method.Spec switch { PrefixMethod prefix => prefix.Tokens, PromptMethod prompt => prompt.Tokens, _ => 0 };
        if (length + added <= shape.Positions)
            return;
        var at = own is not null ? method.MarkOf("maxLength") : spec.Training?.Settings.MaxLength is not null ? spec.Training.MaxLengthAt : added > 0 ? method.MarkOf("tokens") : model.At;
        var and = added > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {method.Spec.Id} adds {added} tokens") : "";
        problems.Add(
            at,
            string.Create(CultureInfo.InvariantCulture, $"maxLength is {length}{and}, but the model {model.Spec.Id} has {shape.Positions} positions"),
            shape.Positions - added < 4 ? "use fewer tokens" : string.Create(CultureInfo.InvariantCulture, $"set maxLength to {shape.Positions - added} or less"));
    }
}
