using Nola.Search.Samplers;

namespace Nola.Search.Tests.Samplers;

public class SobolTests
{
    [Fact]
    public void At_AnyDimension_BlocksOf64HaveOnePointPerStratum()
    {
        for (var dimension = 0; dimension < Sobol.Dimensions; dimension++)
        {
            for (var block = 0u; block < 3; block++)
                Assert.Equal(64, Enumerable.Range(0, 64).Select(index => (int)(Sobol.At(64 * block + (uint)index, dimension, 9) * 64)).Distinct().Count());
        }
    }

    [Fact]
    public void At_FirstTwoDimensions_EveryBoxOf64thHasOnePoint()
    {
        // A (0, 6, 2)-net: every split of the square in 2^a × 2^(6−a) boxes.
        for (var a = 0; a <= 6; a++)
        {
            var boxes = Enumerable.Range(0, 64).Select(index => ((int)(Sobol.At((uint)index, 0, 4) * (1 << a)), (int)(Sobol.At((uint)index, 1, 4) * (1 << (6 - a)))));
            Assert.Equal(64, boxes.Distinct().Count());
        }
    }
}
