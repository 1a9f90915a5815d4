using Nola.Core.Searching;

namespace Nola.Search.Samplers;

/// <summary>Draws every parameter independently; suggestion n depends on the seed and n alone.</summary>
public sealed class RandomSampler(SearchSpace space, int seed) : ISampler
{
    /// <inheritdoc/>
    public long? Size => null;

    /// <inheritdoc/>
    public void Update(Observation observation)
    {
        // Random search learns nothing.
    }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, ParameterValue>? Suggest(int number, IReadOnlyCollection<PendingSuggestion> pending)
    {
        var numbers = SeededNumbers.For(seed, number);
        var chosen = ImmutableSortedDictionary.CreateBuilder<string, ParameterValue>();
        foreach (var parameter in space.Parameters)
            chosen[parameter.Name] = Draw(parameter.Values, ref numbers);
        return chosen.ToImmutable();
    }

    private static ParameterValue Draw(Distribution values, ref SeededNumbers numbers) => values switch
    {
        Choices choices => choices.Values[(int)numbers.NextIndex(choices.Values.Length)],
        FloatRange { Step: { } step } range => range.Low + step * numbers.NextIndex(Grid.Count(range.Low, range.High, step)),
        FloatRange { Log: true } range =>
            Math.Clamp(Math.Exp(Math.Log(range.Low) + numbers.NextDouble() * (Math.Log(range.High) - Math.Log(range.Low))), range.Low, range.High),
        FloatRange range => range.Low + numbers.NextDouble() * (range.High - range.Low),
        // Log-uniform over [low − ½, high + ½), rounded: every integer gets the mass of its unit interval.
        IntegerRange { Log: true } range => Math.Clamp(
            (long)Math.Round(Math.Exp(Math.Log(range.Low - 0.5) + numbers.NextDouble() * (Math.Log(range.High + 0.5) - Math.Log(range.Low - 0.5)))),
            range.Low,
            range.High),
        IntegerRange range => range.Low + range.Step * numbers.NextIndex((range.High - range.Low) / range.Step + 1),
        _ => throw new ArgumentOutOfRangeException(nameof(values), values, "No way to draw from this distribution."),
    };
}
