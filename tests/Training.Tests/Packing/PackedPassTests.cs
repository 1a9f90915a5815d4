using System.Collections.Immutable;
using Nola.Core.Experiments;
using Nola.Data;
using Nola.Training.Batches;
using Nola.Training.Loop;
using Nola.Training.Models;
using Nola.Training.Packing;
using Nola.Training.Tasks;
using Nola.Training.Tests.Loop;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Packing;

public sealed class PackedPassTests : IDisposable
{
    private readonly ToyTrial toy = new();

    public void Dispose() => toy.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_FailsInItsMiddle_LeavesTheGradientsAsTheyWere(bool isSecondOfAStep)
    {
        using var scope = NewDisposeScope();
        using var one = Model();
        using var other = Model();
        one.Model.Dropout = other.Model.Dropout = new(7, 0);
        var (task, batch) = (Task(), Task().TrainingBatch(0));
        if (isSecondOfAStep)
            PackedPass.Run([Trial(one, task), Trial(other, task)]);
        var before = Gradients(other);

        // The layer that backward comes to last is the first one.
        var last = one.Model.Adapters.Parameters.First(item => item.Key.Contains("layer.0.", StringComparison.Ordinal) && item.Key.EndsWith("lora_B.weight", StringComparison.Ordinal)).Value;
        Assert.ThrowsAny<Exception>(() => PackedPass.Run([Trial(one, new ChangesAWeight(task, last)), Trial(other, task)]));

        Assert.Equal(before, Gradients(other));
        Assert.Equal(isSecondOfAStep, before.Any(gradient => gradient is not null));

        PackedTrial Trial(TrainedModel model, ITrainingTask with) => new(model.PackKey, model.Model, with, batch, 0.5);
    }

    private static double?[] Gradients(TrainedModel model) =>
        [.. model.Model.Adapters.Parameters.Select(item => item.Value.grad is { } gradient ? gradient.abs().sum().item<float>() : (double?)null)];

    private TrainedModel Model() => toy.ModelOf(toy.Spec("lora"), Task());

    private ITrainingTask Task() => ToyTrial.TaskOf(toy.Spec("lora"));

    // What was written over after the forward pass makes the backward pass throw when it comes there.
    private sealed class ChangesAWeight(ITrainingTask task, Tensor weight) : ITrainingTask
    {
        public Head Head => task.Head;

        public IReadOnlyList<string> Labels => task.Labels;

        public int Samples => task.Samples;

        public int StepsPerEpoch => task.StepsPerEpoch;

        public Batch TrainingBatch(long step) => task.TrainingBatch(step);

        public Tensor Loss(LanguageModel model, Batch batch)
        {
            using (no_grad())
                weight.add_(0);
            return task.Loss(model, batch);
        }

        public int Count(Split split) => task.Count(split);

        public ImmutableSortedDictionary<string, double> Evaluate(LanguageModel model, Split split, Device device, Action<int> evaluated) => task.Evaluate(model, split, device, evaluated);
    }
}
