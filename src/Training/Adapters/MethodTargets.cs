using Nola.Core.Experiments;
using Nola.Training.Models;

namespace Nola.Training.Adapters;

/// <summary>The layers of a model that a method adapts; the architecture says which when the method does not.</summary>
public static class MethodTargets
{
    /// <summary>The adapted layers; null for methods without adapters over layers.</summary>
    public static LayerTargets? Targets(this MethodSpec method, ModelConfiguration configuration) => method switch
    {
        LoraMethod lora => Filled(new(lora.Targets, lora.TargetPattern, lora.Layers), configuration.DefaultTargets.Lora),
        Ia3Method ia3 => Filled(new(ia3.Targets, ia3.TargetPattern, ia3.Layers), configuration.DefaultTargets.Ia3),
        _ => null,
    };

    /// <summary>Ends of the names of the layers that IA3 scales at their input.</summary>
    public static ImmutableArray<string> FeedForwardIn(this Ia3Method ia3, ModelConfiguration configuration) =>
        ia3.Targets.IsEmpty && ia3.TargetPattern is null ? configuration.DefaultTargets.FeedForward : ia3.FeedForward;

    private static LayerTargets Filled(LayerTargets targets, ImmutableArray<string> defaults) => targets.IsEmpty ? targets with { Names = defaults } : targets;
}
