using Nola.Training.Native;

namespace Nola.Training.Tests.Native;

public class BFloat16Tests
{
    [Theory]
    [InlineData("flags\t\t: fpu sse2 avx512f avx512_bf16", true)]
    [InlineData("flags\t\t: fpu amx_bf16 amx_tile", true)]
    [InlineData("Features\t: fp asimd bf16", true)]
    [InlineData("flags\t\t: fpu sse2 avx2 avx512f", false)]
    [InlineData("model name\t: bf16", false)]
    public void Tells_LinesOfCpuinfo_FindsTheInstructionSet(string line, bool expected) =>
        Assert.Equal(expected, BFloat16.Tells(["processor\t: 0", line]));
}
