using Nola.Core.Searching;

namespace Nola.Client.Studies.Optuna;

/// <summary>A study as a journal tells it.</summary>
/// <param name="Name">Its name, unique in the journal.</param>
/// <param name="Directions">One for each objective.</param>
/// <param name="Trials">Its trials by number.</param>
internal sealed record JournalStudy(string Name, ImmutableArray<OptunaDirection> Directions, List<JournalTrial> Trials);

/// <summary>A trial as a journal tells it; grows while the journal is read.</summary>
internal sealed class JournalTrial
{
    public OptunaState State { get; set; } = OptunaState.Running;

    /// <summary>Values by parameter; null for Python's None.</summary>
    public SortedDictionary<string, ParameterValue?> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>A value for each objective; empty when it has none. Infinite ones and NaN are NaN.</summary>
    public ImmutableArray<double> Values { get; set; } = [];

    /// <summary>Reported values by step.</summary>
    public SortedDictionary<long, double> Reports { get; } = [];

    public bool HasEnded => State is OptunaState.Complete or OptunaState.Pruned or OptunaState.Fail;
}

/// <summary>A line of a journal cannot be read.</summary>
internal sealed class JournalException(long line, string message, string remedy) : Exception(message)
{
    /// <summary>The line, from 1.</summary>
    public long Line { get; } = line;

    /// <summary>What would help.</summary>
    public string Remedy { get; } = remedy;
}
