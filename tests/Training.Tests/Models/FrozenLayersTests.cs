using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Loop;
using Nola.Training.Models;
using Nola.Training.Tasks;
using Nola.Training.Tests.Loop;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Models;

/// <summary>What is kept of frozen layers, against computing everything.</summary>
public sealed class FrozenLayersTests : IDisposable
{
    private readonly ToyTrial toy = new();
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        toy.Dispose();
    }

    // Two epochs: the first one computes what the second one finds. In two parts, each is as wide as the batch but may have shorter texts.
    [Theory]
    [InlineData("bert", "head", "sequence-classification", 1)]
    [InlineData("bert", "top", "sequence-classification", 1)]
    [InlineData("bert", "top", "sequence-classification", 2)]
    [InlineData("roberta", "top", "sequence-classification", 1)]
    [InlineData("distilbert", "head", "sequence-classification", 1)]
    [InlineData("bert", "head", "token-classification", 1)]
    [InlineData("bert", "top", "token-classification", 1)]
    public void Train_TwoEpochs_HasLossesAndMetricsOfThePlainPath(string architecture, string method, string kind, int parts)
    {
        toy.BecomeA(architecture);
        var spec = Spec(method, kind);
        var task = ToyTrial.TaskOf(spec);
        using TrainedModel kept = toy.ModelOf(spec, task), plain = toy.ModelOf(spec, task);
        plain.Model.Frozen = null;

        Assert.Equal(TwoEpochs(plain, task, parts), TwoEpochs(kept, task, parts), (one, other) => Math.Abs(one - other) < 1e-5);

        Assert.InRange(kept.Model.Frozen!.Texts, task.Samples / 2, task.Samples); // some sentences are there twice
        var (expected, found) = (Evaluate(plain, task), Evaluate(kept, task));
        Assert.Equal(expected["loss"], found["loss"], 1e-5);
        Assert.Equal(expected["macro-f1"], found["macro-f1"], 1e-9);
    }

    [Fact]
    public void Train_WithDropout_ComputesTheLayersEachTimeAndEvaluatesWithWhatIsKept()
    {
        var spec = Spec("head", "sequence-classification") with { Training = toy.Spec("head").Training with { Dropout = 0.1 } };
        var task = ToyTrial.TaskOf(spec);
        using var model = toy.ModelOf(spec, task);
        model.Model.Dropout = new(1, 0);

        task.Loss(model.Model, task.TrainingBatch(0)).backward();
        Assert.Equal(0, model.Model.Frozen!.Texts);
        Evaluate(model, task);

        Assert.InRange(model.Model.Frozen!.Texts, 1, task.Count(Split.Validation));
    }

    [Fact]
    public void Of_BeyondTheMemoryThatTrialsShare_ComputesEachTime()
    {
        var memory = new KeptMemory(100);
        using var frozen = new FrozenLayers(1, hasDropout: false, memory);
        using var other = new FrozenLayers(1, hasDropout: false, memory);
        var computed = 0;
        var (ids, mask) = (arange(6, ScalarType.Int64).view(2, 3), ones([2, 3], ScalarType.Int64));

        for (var time = 0; time < 2; time++)
            Assert.Equal([2, 3, 8], frozen.Of(ids, mask, null, Compute).shape); // 96 bytes for each text
        other.Of(ids, mask, null, Compute);

        Assert.Equal((1, 0, 5), (frozen.Texts, other.Texts, computed));

        frozen.Dispose();
        other.Of(ids, mask, null, Compute);

        Assert.Equal(1, other.Texts);

        Tensor Compute(Tensor text, Tensor here, Tensor? types)
        {
            computed++;
            return zeros(1, text.shape[1], 8);
        }
    }

    [Theory]
    [InlineData("full")]
    [InlineData("lora")]
    [InlineData("bitfit")]
    [InlineData("prefix")]
    [InlineData("prompt")]
    public void Below_SomethingTrainsInTheFirstLayer_KeepsNothing(string method)
    {
        var spec = toy.Spec(method);
        using var model = toy.ModelOf(spec, ToyTrial.TaskOf(spec));

        Assert.Null(model.Model.Frozen);
    }

    [Fact]
    public void Train_LlamaWithAdaptersAtTheTop_HasLossesOfThePlainPath()
    {
        using var llama = new TinyLlama();
        llama.Run(llama.Pretraining, "english");
        var spec = llama.Adaptation("english") with { Method = new LoraMethod { Id = "top", Targets = ["q_proj", "v_proj"], Layers = [1], Dropout = 0.1 } };
        var task = ToyTrial.TaskOf(spec);
        using TrainedModel kept = toy.ModelOf(spec, task), plain = toy.ModelOf(spec, task);
        plain.Model.Frozen = null;

        Assert.Equal(TwoEpochs(plain, task, 1), TwoEpochs(kept, task, 1), (one, other) => Math.Abs(one - other) < 1e-5);
        Assert.InRange(kept.Model.Frozen!.Texts, task.Samples / 2, task.Samples); // some blocks are there twice
    }

    // The losses of all steps.
    private static double[] TwoEpochs(TrainedModel model, ITrainingTask task, int parts) => [.. Enumerable.Range(0, 2 * task.StepsPerEpoch).Select(step =>
    {
        using var here = NewDisposeScope();
        var sum = 0.0;
        foreach (var part in task.TrainingBatch(step).Split(parts))
        {
            model.Model.Dropout = new(1, step);
            var loss = task.Loss(model.Model, part);
            loss.backward();
            sum += loss.item<float>();
        }

        model.Optimizer.Step(5e-3);
        model.Optimizer.ClearGradients();
        return sum;
    })];

    private TrialSpec Spec(string method, string task)
    {
        var spec = task == "token-classification" ? toy.Entities(method) : toy.Spec(method, task);
        return spec with
        {
            Method = method == "top" ? new LoraMethod { Id = "top", Targets = ["query", "value"], Layers = [1], Dropout = 0.1 } : spec.Method,
            Training = spec.Training with { Dropout = 0, MaxLength = 24 },
        };
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, double> Evaluate(TrainedModel model, ITrainingTask task)
    {
        using var quiet = no_grad();
        model.Model.Dropout = null;
        return task.Evaluate(model.Model, Split.Validation, CPU, _ => { });
    }
}
