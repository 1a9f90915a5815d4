using Nola.Reasoning.Tasks;

namespace Nola.Reasoning.Analyses;

/// <summary>A study with its judged items, over all seeds.</summary>
public sealed record AnalysedStudy
{
    /// <summary>Key of the experiment.</summary>
    public required string Experiment { get; init; }

    /// <summary>Position in the experiment's matrix, from 0.</summary>
    public required int Index { get; init; }

    public required string Task { get; init; }
    public required string Model { get; init; }
    public required string Dataset { get; init; }
    public required string Method { get; init; }

    /// <summary>Variant of the budget; empty when there is one.</summary>
    public string Budget { get; init; } = "";

    public required ImmutableArray<AnalysedItem> Items { get; init; }

    /// <summary>What tells it apart, such as <c>ier / mistral / mbpp / cot</c>.</summary>
    public string Name => NameOf(Task, Model, Dataset, Method, Budget);

    /// <summary>What it asked, without whom.</summary>
    public string Setting => NameOf(Task, Dataset, Method, Budget);

    /// <summary>Whether an output was predicted whose type can be told.</summary>
    public bool PredictsOutputs => Task is "ier" or "cruxeval-output";

    /// <summary>The items that paired tests compare: those of the lowest seed. Ids hold the set's name, since two sets may share them.</summary>
    internal ImmutableArray<JudgedItem> Paired
    {
        get
        {
            var seed = Items.Select(item => item.Seed).DefaultIfEmpty().Min();
            return [.. Items.Where(item => item.Seed == seed).Select(item => new JudgedItem($"{item.Problem.Dataset}\0{item.Problem.Id}", item.Sample, item.Judgement))];
        }
    }

    private static string NameOf(params string[] parts) => string.Join(" / ", parts.Where(part => part.Length > 0));
}
