using Nola.Training.Batches;

namespace Nola.Training.Tests.Batches;

public class BatchesTests
{
    private static readonly int[] Labels = [.. Enumerable.Range(0, 400).Select(i => i % 7 == 0 ? 2 : i % 3 == 0 ? 1 : 0)];

    [Fact]
    public void BatchOrder_OneEpoch_HoldsEverySampleOnceAndLittlePadding()
    {
        var random = new Random(1);
        var lengths = Enumerable.Range(0, 1003).Select(_ => random.Next(5, 128)).ToArray();
        var sut = new BatchOrder(lengths, 16, seed: 3);
        var batches = Enumerable.Range(0, sut.BatchesPerEpoch).Select(step => sut.At(step)).ToArray();

        Assert.Equal(Enumerable.Range(0, 1003), batches.SelectMany(batch => batch).Order());
        Assert.True(batches.Sum(batch => batch.Count * batch.Max(i => lengths[i])) < 1.1 * lengths.Sum());
    }

    [Fact]
    public void BatchOrder_AskedFromTheMiddle_EqualsTheOrderFromTheStart()
    {
        var lengths = Enumerable.Range(0, 100).Select(i => i % 13).ToArray();
        BatchOrder first = new(lengths, 8, 5), second = new(lengths, 8, 5), other = new(lengths, 8, 6);
        var all = Enumerable.Range(0, 40).Select(step => first.At(step)).ToArray();

        Assert.Equal(all[31], second.At(31));
        Assert.NotEqual(all[31], other.At(31));
        Assert.NotEqual(all[0], all[first.BatchesPerEpoch]);
    }

    [Fact]
    public void FewShot_OneSeed_IsNestedAndBalanced()
    {
        var eight = Subsets.FewShot(Labels, 8, seed: 1);
        var sixteen = Subsets.FewShot(Labels, 16, seed: 1);

        Assert.Subset(sixteen.ToHashSet(), eight.ToHashSet());
        Assert.All(eight.CountBy(i => Labels[i]), item => Assert.Equal(8, item.Value));
        Assert.NotEqual(eight, Subsets.FewShot(Labels, 8, seed: 2));
    }

    [Fact]
    public void Stratified_Tenth_TakesAShareOfEveryClassAndOverlapsNowhere()
    {
        var (kept, heldOut) = Subsets.Stratified([.. Labels, 9], 0.1, seed: 1);

        Assert.Equal(Enumerable.Range(0, 401), kept.Concat(heldOut).Order());
        Assert.All([0, 1, 2], label => Assert.Equal(Math.Round(Labels.Count(other => other == label) * 0.1), heldOut.Count(i => i < 400 && Labels[i] == label)));
        Assert.Contains(400, kept);
    }

    [Fact]
    public void Pack_Documents_LosesNothingAndKeepsTheLength()
    {
        int[][] documents = [[5, 6, 7], [8, 9, 10, 11, 12, 13, 14], [15]];
        var packed = MaskedText.Pack(documents, 6, first: 1, separator: 2);

        Assert.All(packed[..^1], sequence => Assert.Equal(6, sequence.Length));
        Assert.All(packed, sequence => Assert.Equal(1, sequence[0]));
        Assert.Equal(documents.SelectMany(ids => ids), packed.SelectMany(sequence => sequence).Where(id => id > 2));
    }

    [Fact]
    public void Hide_ManyTokens_ChoosesFifteenPercentInTheKnownParts()
    {
        var sequences = Enumerable.Range(0, 200).Select(_ => new[] { 1 }.Concat(Enumerable.Repeat(50, 98)).Append(2).ToArray()).ToArray();
        var (ids, positions, targets) = MaskedText.Hide(sequences, 0.15, id => id < 5, mask: 4, vocabularySize: 1000, new Random(7));

        Assert.Equal(positions.Length, targets.Length);
        Assert.All(targets, target => Assert.Equal(50, target));
        Assert.InRange(positions.Length / (200.0 * 98), 0.14, 0.16);
        var chosen = positions.Select(position => ids[position / 100][position % 100]).ToArray();
        Assert.InRange(chosen.Count(id => id == 4) / (double)chosen.Length, 0.77, 0.83);
        Assert.InRange(chosen.Count(id => id == 50) / (double)chosen.Length, 0.08, 0.12);
        Assert.All(ids, sequence => Assert.Equal((1, 2), (sequence[0], sequence[^1])));
    }

    [Fact]
    public void Hide_ProbabilityTooSmallToChooseAny_HidesOne() =>
        Assert.Single(MaskedText.Hide([[1, 50, 51, 2]], 1e-12, id => id < 5, 4, 100, new Random(1)).Positions);
}
