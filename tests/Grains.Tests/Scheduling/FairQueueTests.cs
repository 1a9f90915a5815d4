using Nola.Core.Experiments;
using Nola.Grains.Scheduling;

namespace Nola.Grains.Tests.Scheduling;

public class FairQueueTests
{
    [Fact]
    public void ByShare_PrioritiesOneToThree_SharesSlotsOneToThree()
    {
        var queue = new FairQueue();
        for (var number = 0; number < 100; number++)
        {
            queue.Add(Work("low", number, 10));
            queue.Add(Work("high", number, 30));
        }

        var started = new Dictionary<string, int> { ["low"] = 0, ["high"] = 0 };
        for (var slot = 0; slot < 40; slot++)
        {
            var experiment = queue.ByShare().First();
            queue.Remove(queue.Peek(experiment).Spec.Id);
            queue.Started(experiment);
            started[experiment]++;
        }

        Assert.Equal((10, 30), (started["low"], started["high"]));
    }

    [Fact]
    public void Add_SameTrialTwice_QueuesItOnce()
    {
        var queue = new FairQueue();
        queue.Add(Work("a", 1, 10));
        queue.Add(Work("a", 1, 10), first: true);

        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void Remove_WaitingTrial_LeavesTheOthersInOrder()
    {
        var queue = new FairQueue();
        queue.Add(Work("a", 1, 10));
        queue.Add(Work("a", 2, 10));
        queue.Add(Work("a", 3, 10));

        queue.Remove(new("a", 0, 2));
        queue.Remove(new("b", 0, 1));

        Assert.Equal(2, queue.Count);
        Assert.Equal(1, queue.Peek("a").Spec.Id.Number);
        queue.Remove(queue.Peek("a").Spec.Id);
        Assert.Equal(3, queue.Peek("a").Spec.Id.Number);
        queue.Remove(new("a", 0, 3));
        Assert.Empty(queue.ByShare());
    }

    private static TrialWork Work(string experiment, int number, int priority) => new()
    {
        Priority = priority,
        Spec = new()
        {
            Id = new(experiment, 0, number),
            Task = "function",
            Model = new NoModel { Id = "none" },
            Method = new FunctionMethod { Id = "f", Function = "constant" },
            Objective = new("value", Direction.Minimize),
        },
    };
}
