namespace Nola.Training.Batches;

/// <summary>
/// Which samples make up the batch of a step. A pure function of lengths, seed and step, so that the step number alone is the position to save.
/// </summary>
/// <remarks>
/// Every epoch shuffles all samples, sorts stretches of <see cref="BatchesPerStretch"/> batches by length so that a batch holds texts of
/// similar length and needs little padding, and shuffles the batches.
/// </remarks>
public sealed class BatchOrder
{
    private const int BatchesPerStretch = 50;

    private readonly int[] lengths;
    private readonly int batchSize;
    private readonly int seed;
    private long currentEpoch = -1;
    private int[][] current = [];

    /// <param name="lengths">Length of each sample, in tokens.</param>
    /// <param name="batchSize">Samples in a batch; the last of an epoch may have fewer.</param>
    /// <param name="seed">The trial's seed.</param>
    public BatchOrder(IEnumerable<int> lengths, int batchSize, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        this.lengths = [.. lengths];
        ArgumentOutOfRangeException.ThrowIfZero(this.lengths.Length, nameof(lengths));
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /// <summary>Batches in one pass over the samples.</summary>
    public int BatchesPerEpoch => (lengths.Length + batchSize - 1) / batchSize;

    /// <summary>Indices of the samples in the batch of a step, from 0.</summary>
    public IReadOnlyList<int> At(long step)
    {
        var epoch = step / BatchesPerEpoch;
        if (epoch != currentEpoch)
        {
            current = Epoch(epoch);
            currentEpoch = epoch;
        }

        return current[step % BatchesPerEpoch];
    }

    private int[][] Epoch(long epoch)
    {
        var random = Seeds.For(seed, "batches", epoch);
        var order = Enumerable.Range(0, lengths.Length).ToArray();
        random.Shuffle(order);
        var batches = order.Chunk(batchSize * BatchesPerStretch)
            .SelectMany(stretch => stretch.OrderBy(i => lengths[i]).Chunk(batchSize)) // OrderBy is stable
            .ToArray();
        random.Shuffle(batches);
        return batches;
    }
}
