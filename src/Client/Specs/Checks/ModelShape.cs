using System.Text.RegularExpressions;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Checks;

/// <summary>What a spec's checks need of a model.</summary>
/// <param name="Type">Its architecture.</param>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Positions">Longest sequence in tokens.</param>
/// <param name="LinearLayers">Full names of the linear layers inside the transformer layers; empty when they are not known.</param>
internal sealed partial record ModelShape(ModelType Type, int Layers, int Positions, ImmutableArray<string> LinearLayers)
{
    private static readonly string[] OfBert = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"];

    private static readonly string[] OfLlama = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];

    /// <summary>Names of the linear layers as they stand behind the layer's number, such as <c>attention.self.query</c>.</summary>
    public IEnumerable<string> LayerNames => LinearLayers.Select(name => BeforeName().Replace(name, "")).Distinct();

    /// <summary>Short names for suggestions: the last part of each name, or all of it where the last part alone means several layers.</summary>
    public IReadOnlyList<string> ShortNames
    {
        get
        {
            var names = LayerNames.ToArray();
            return [.. names.Select(name => names.Count(other => LastOf(other) == LastOf(name)) == 1 ? LastOf(name) : name)];
        }
    }

    /// <summary>The shape of a model that is made from nothing.</summary>
    public static ModelShape Of(NewModel model)
    {
        var (prefix, names) = model.Type == NewModel.Llama ? ("model.layers", OfLlama) : ("bert.encoder.layer", OfBert);
        return new(ModelTypes.All[model.Type], model.Layers, model.MaxPositions, [.. Enumerable.Range(0, model.Layers).SelectMany(layer => names.Select(name => $"{prefix}.{layer}.{name}"))]);
    }

    /// <summary>The linear layers among a file's tensors: matrices inside a numbered layer.</summary>
    public static IEnumerable<string> LinearLayersAmong(IEnumerable<(string Name, int Dimensions)> tensors) =>
        from tensor in tensors
        where tensor.Dimensions == 2 && tensor.Name.EndsWith(".weight", StringComparison.Ordinal) && BeforeName().IsMatch(tensor.Name)
        select tensor.Name[..^".weight".Length];

    /// <summary>Whether a target names a layer.</summary>
    public bool Has(string target) => LinearLayers.IsEmpty || LinearLayers.Any(layer => LayerTargets.IsNamed(layer, target));

    /// <summary>Whether a regular expression matches a layer's whole name. Files of a base without a head leave the architecture out of the names.</summary>
    public bool Matches(string pattern) =>
        LinearLayers.IsEmpty || LinearLayers.Any(layer => LayerTargets.MatchesWhole(layer, pattern) || LayerTargets.MatchesWhole($"{Type.Name}.{layer}", pattern));

    private static string LastOf(string name) => name[(name.LastIndexOf('.') + 1)..];

    // Everything up to the layer's number.
    [GeneratedRegex(@"^.*?\.(layer|layers|h)\.\d+\.")]
    private static partial Regex BeforeName();
}
