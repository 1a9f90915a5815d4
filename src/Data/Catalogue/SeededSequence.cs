namespace Nola.Data.Catalogue;

/// <summary>Random numbers from a seed, the same on every machine and in every version (SplitMix64, Steele et al. 2014).</summary>
internal sealed class SeededSequence(int seed)
{
    private ulong state = unchecked((ulong)seed);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>An integer in [0, <paramref name="end"/>).</summary>
    public int Next(int end) => (int)(NextDouble() * end);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of the items.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    private ulong NextBits()
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
