using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Grains.Scheduling;

namespace Nola.Grains.Tests.Scheduling;

public class SlotTableTests
{
    private static readonly ResourceNeeds Packed = new() { Pack = 3 };

    private readonly SlotTable table = new(new() { Id = "cpu", Kind = DeviceKind.Cpu, Slots = 2 });

    [Fact]
    public void TryShare_SlotsOfTheStudy_FillsTheEmptierFirst()
    {
        Assert.Equal([0, 1], [table.TryTake(Trial(0), Packed), table.TryTake(Trial(1), Packed)]);
        Assert.Null(table.TryTake(Trial(2), Packed));
        Assert.Equal([0, 1, 0, 1, null], Enumerable.Range(2, 5).Select(number => table.TryShare(Trial(number), Packed)));

        table.Free(1, Trial(3));
        Assert.Equal(1, table.TryShare(Trial(7), Packed));
    }

    [Fact]
    public void TryShare_OtherStudyOrUnpackedTrial_GetsNoPlace()
    {
        table.TryTake(Trial(0), Packed);
        table.TryTake(Trial(1), new());

        Assert.Null(table.TryShare(Trial(2, study: 1), Packed));
        Assert.Null(table.TryShare(Trial(2) with { Experiment = "other" }, Packed));
        Assert.Null(table.TryShare(Trial(2), new()));
        Assert.Equal(0, table.TryShare(Trial(2), Packed));
    }

    [Fact]
    public void TryShare_MemoryInUse_GetsNoPlace()
    {
        var small = new SlotTable(new() { Id = "cuda:0", Kind = DeviceKind.Cuda, Slots = 2, Memory = 10 });
        var needs = Packed with { Memory = 4 };

        Assert.Equal([0, 0, null], [small.TryTake(Trial(0), needs), small.TryShare(Trial(1), needs), small.TryShare(Trial(2), needs)]);
        small.Free(0, Trial(0));
        Assert.Equal(0, small.TryShare(Trial(2), needs));
    }

    [Fact]
    public void Free_LastOfThePack_GivesTheSlotBack()
    {
        table.TryTake(Trial(0), Packed);
        table.TryTake(Trial(1), Packed);
        table.TryShare(Trial(2), Packed);
        table.Free(0, Trial(0));
        Assert.Null(table.TryTake(Trial(9, study: 1), new()));

        table.Free(0, Trial(2));
        table.Free(0, Trial(2));
        Assert.Equal(0, table.TryTake(Trial(9, study: 1), new()));
    }

    private static TrialId Trial(int number, int study = 0) => new("packed", study, number);
}
