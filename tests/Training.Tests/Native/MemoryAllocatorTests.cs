using Nola.Training.Native;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Native;

public class MemoryAllocatorTests
{
    private const long Block = 256 << 20;

    // What threads that have ended freed goes back too, or the memory of a worker would grow with every trial.
    [Fact]
    public void Rest_AfterBlocksWereFreed_ReturnsThemToTheSystem()
    {
        OnAThread(() => ones(1).Dispose());
        var before = Environment.WorkingSet;
        for (var round = 0; round < 4; round++)
            OnAThread(() =>
            {
                using var many = NewDisposeScope();
                for (var part = 0; part < 64; part++)
                    ones(Block / 64 / 4);
            });
        var kept = Environment.WorkingSet;
        Assert.True(kept - before > Block / 2, "the allocator keeps nothing; then there is nothing to return");

        MemoryAllocator.Rest();

        Assert.InRange(kept - Environment.WorkingSet, Block / 2, long.MaxValue);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        Assert.InRange(process.PeakWorkingSet64, 0, Environment.WorkingSet + (Block / 4));
    }

    private static void OnAThread(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        thread.Join();
    }
}
