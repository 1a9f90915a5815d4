using Nola.Training.Native;
using TorchSharp;

namespace Nola.Training.Tests.Native;

public class SelfTestTests
{
    [Fact]
    public void Run_OnCpu_Passes() => Assert.True(SelfTest.Run(torch.CPU) < TimeSpan.FromSeconds(30));
}
