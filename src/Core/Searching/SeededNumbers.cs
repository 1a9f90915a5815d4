namespace Nola.Core.Searching;

/// <summary>
/// A stream of random numbers that is the same on every machine and runtime version: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
/// </summary>
public struct SeededNumbers(ulong seed)
{
    private ulong state = seed;

    /// <summary>One of many streams of a seed, such as that of one suggestion of a sampler.</summary>
    public static SeededNumbers For(int seed, int number)
    {
        var mixed = new SeededNumbers(unchecked((ulong)seed * 0x9E3779B97F4A7C15UL + (ulong)number));
        return new(mixed.Next());
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var z = unchecked(state += 0x9E3779B97F4A7C15UL);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal (Box and Muller, 1958).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Uniform in 0 … <paramref name="count"/> − 1.</summary>
    public long NextIndex(long count) => (long)Math.BigMul(Next(), (ulong)count, out _);
}
