using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Search.Samplers;

namespace Nola.Search.Tests.Samplers;

public class SamplerTests
{
    private static readonly SearchSpace Finite = new([
        new("a", new Choices([1, 2L, "x"])), new("b", new IntegerRange(2, 8, Step: 3)), new("c", new FloatRange(0, 0.3, Step: 0.1))]);

    [Fact]
    public void Grid_AllNumbers_EachCombinationOnceLastFastest()
    {
        var grid = new GridSampler(Finite);

        var all = Enumerable.Range(0, 36).Select(number => string.Join(",", grid.Suggest(number, [])!.Values)).ToArray();

        Assert.Equal(36, grid.Size);
        Assert.Equal(36, all.Distinct().Count());
        Assert.Equal(["1,2,0", "1,2,0.1"], all[..2]);
        Assert.Null(grid.Suggest(36, []));
    }

    [Fact]
    public void Grid_ContinuousRange_NamesTheParameter()
    {
        var error = Assert.Throws<ArgumentException>(() => new GridSampler(new([new("lr", new FloatRange(1e-5, 1e-3))])));

        Assert.Contains("'lr'", error.Message);
    }

    [Fact]
    public void Random_ManyDraws_StayInRangeAndCoverIt()
    {
        var space = new SearchSpace([
            new("log", new FloatRange(1e-5, 1e-3, Log: true)), new("int", new IntegerRange(1, 4, Log: true)), new("step", new FloatRange(0.1, 0.5, Step: 0.2))]);
        var sampler = new RandomSampler(space, 3);

        var drawn = Enumerable.Range(0, 2000).Select(number => sampler.Suggest(number, [])!).ToArray();

        Assert.All(drawn, point => Assert.InRange(point["log"].AsNumber(), 1e-5, 1e-3));
        Assert.InRange(drawn.Count(point => point["log"].AsNumber() < 1e-4), 900, 1100);
        Assert.Equal([1L, 2L, 3L, 4L], drawn.Select(point => point["int"].AsInteger()).Distinct().Order());
        Assert.Equal(3, drawn.Select(point => Math.Round(point["step"].AsNumber(), 6)).Distinct().Count());
    }

    [Fact]
    public void Random_SameSeedAndNumber_SameSuggestionWhateverCameBefore()
    {
        var one = new RandomSampler(Finite, 1);
        one.Suggest(0, []);
        one.Update(new(0, one.Suggest(0, [])!, 1, ObservationState.Completed));

        Assert.Equal(new RandomSampler(Finite, 1).Suggest(5, [])!.AsEnumerable(), one.Suggest(5, [])!);
        Assert.Contains(Enumerable.Range(0, 20), number => !new RandomSampler(Finite, 2).Suggest(number, [])!.SequenceEqual(one.Suggest(number, [])!));
    }

    [Fact]
    public void Planned_GridSmallerThanTrials_IsTheGrid()
    {
        Assert.Equal(36, SamplerFactory.Planned(new SearchSpec { Sampler = "grid", Trials = 100, Space = Finite }));
        Assert.Equal(1, SamplerFactory.Planned(null));
        Assert.Null(SamplerFactory.Planned(new SearchSpec { Space = Finite }));
    }
}
