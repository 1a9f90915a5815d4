using System.Globalization;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether the methods and the training settings fit the models.</summary>
internal static class LayerChecks
{
    public static void Check(SpecDraft spec, Problems problems)
    {
        foreach (var method in spec.Methods)
        {
            var (targets, layers) = method.Spec switch
            {
                LoraMethod lora => (lora.Targets, lora.Layers),
                Ia3Method ia3 => (ia3.Targets, ia3.Layers),
                _ => ([], []),
            };
            foreach (var model in spec.Models)
            {
                if (model.Shape is not { } shape)
                    continue;
                foreach (var target in targets.Where(target => !shape.Has(target)))
                    problems.Add(method.TargetsAt, $"no layer of the model {model.Spec.Id} is called '{target}'", Suggestions.Remedy(target, [.. shape.ShortNames], "its layers are"));
                foreach (var layer in layers.Where(layer => layer >= shape.Layers))
                    problems.Add(method.LayersAt, string.Create(CultureInfo.InvariantCulture, $"the model {model.Spec.Id} has no layer {layer}"), string.Create(CultureInfo.InvariantCulture, $"its layers are 0 to {shape.Layers - 1}"));
                var own = method.Spec.Training.MaxLength;
                if ((own ?? spec.Training?.Settings.MaxLength ?? new TrainingSettings().MaxLength) is var length && length > shape.Positions)
                {
                    var at = own is not null ? method.MaxLengthAt : spec.Training?.Settings.MaxLength is not null ? spec.Training.MaxLengthAt : model.At;
                    problems.Add(at, string.Create(CultureInfo.InvariantCulture, $"maxLength is {length}, but the model {model.Spec.Id} has {shape.Positions} positions"), string.Create(CultureInfo.InvariantCulture, $"set maxLength to {shape.Positions} or less"));
                }
            }
        }
    }
}
