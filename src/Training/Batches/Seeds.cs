namespace Nola.Training.Batches;

/// <summary>Independent seeds for independent purposes, from one trial's seed.</summary>
public static class Seeds
{
    /// <summary>A generator for one purpose (and one round of it); the same arguments give the same numbers on every machine.</summary>
    public static Random For(int seed, string purpose, long round = 0)
    {
        // FNV-1a: string.GetHashCode differs between processes.
        var hash = 14695981039346656037UL;
        foreach (var part in $"{purpose}/{seed}/{round}")
            hash = (hash ^ part) * 1099511628211UL;
        return new((int)((hash ^ (hash >> 32)) & 0x7FFFFFFF));
    }
}
