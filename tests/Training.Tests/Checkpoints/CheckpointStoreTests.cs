using Nola.Training.Checkpoints;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nola-checkpoints-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void LoadNewest_AfterSave_GivesEveryBitBack()
    {
        using var weights = randn(3, 5);
        using var bytes = tensor(new byte[] { 1, 2, 255 });
        var sut = Saved(7, ("w", weights), ("random", bytes));

        using var loaded = sut.LoadNewest("f")!;
        Assert.Equal(7, loaded.State.Step);
        Assert.True(loaded.Tensors["w"].equal(weights).all().item<bool>());
        Assert.Equal([1, 2, 255], loaded.Tensors["random"].data<byte>().ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    [InlineData(-40)]
    public void LoadNewest_NewestHasOneWrongByte_GivesThePreviousOne(int place)
    {
        using var weights = randn(100);
        Saved(1, ("w", weights));
        var sut = Saved(2, ("w", weights));
        var file = Directory.GetFiles(folder).Order().Last();
        var content = File.ReadAllBytes(file);
        content[place < 0 ? content.Length + place : place] ^= 1;
        File.WriteAllBytes(file, content);

        using var loaded = sut.LoadNewest("f")!;
        Assert.Equal(1, loaded.State.Step);
    }

    [Fact]
    public void LoadNewest_EmptyOrForeignFile_GivesNothing()
    {
        using var weights = randn(4);
        var sut = Saved(1, ("w", weights));
        Assert.Null(sut.LoadNewest("another trial"));
        File.WriteAllBytes(Directory.GetFiles(folder).Single(), []);
        Assert.Null(sut.LoadNewest("f"));
    }

    [Fact]
    public void Save_ManyTimes_KeepsTwoAndNoLeftovers()
    {
        using var weights = randn(4);
        File.WriteAllText(Path.Combine(folder, "step-0000000001.checkpoint.77.new"), "torn");
        for (var step = 1; step <= 5; step++)
            Saved(step, ("w", weights));

        Assert.Equal(["step-0000000004.checkpoint", "step-0000000005.checkpoint"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
    }

    private CheckpointStore Saved(long step, params (string Name, Tensor Value)[] tensors)
    {
        var store = new CheckpointStore(folder);
        store.Save(new() { Fingerprint = "f", Step = step }, tensors.Select(item => KeyValuePair.Create(item.Name, item.Value)));
        return store;
    }
}
