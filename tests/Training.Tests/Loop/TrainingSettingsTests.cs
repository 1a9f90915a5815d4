using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Data;
using Nola.Training.Adapters;
using Nola.Training.Batches;
using Nola.Training.Models;
using Nola.Training.Safetensors;
using Nola.Training.Tasks;
using Nola.Training.Tokenizers;
using static TorchSharp.torch;

namespace Nola.Training.Tests.Loop;

public sealed class TrainingSettingsTests : IDisposable
{
    private readonly ToyTrial toy = new();
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        toy.Dispose();
    }

    [Theory]
    [InlineData("sequence-classification", 4)]
    [InlineData("sequence-classification", 3)] // parts of unequal size
    [InlineData("masked-lm", 5)]
    public void Execute_AccumulatedGradients_TrainsTheVeryWeights(string task, int parts)
    {
        var spec = toy.Spec(task: task);
        spec = spec with { Budget = new() { Steps = 6 }, Training = spec.Training with { Dropout = 0, LearningRate = 1e-3, ClassWeights = task == "masked-lm" ? spec.Training.ClassWeights : spec.Training.ClassWeights.Add("class1", 3) } };

        toy.Run(spec, "whole");
        toy.Run(spec with { Training = spec.Training with { AccumulationSteps = parts } }, "parts");

        var (whole, accumulated) = (Saved("whole"), Saved("parts"));
        foreach (var name in whole.Names)
        {
            using Tensor one = whole.Load(name), other = accumulated.Load(name);
            Assert.InRange((one - other).abs().max().item<float>(), 0, 2e-4f);
        }
    }

    [Fact]
    public void Execute_NoBetterObjective_EndsWhenPatienceIsUp()
    {
        var spec = toy.Spec();
        var observer = new ToyTrial.Observer();

        var result = toy.Run(spec with { Training = spec.Training with { LearningRate = 1e-12, EvaluateEvery = 5, Patience = 3 } }, "patience", observer);

        Assert.Equal(new Completed(), result.Outcome);
        Assert.Equal([5, 10, 15, 20], observer.Measurements.Select(measurement => measurement.Step));
        Assert.Equal(20, result.Usage.Steps);
        Assert.Equal(5, result.Best!.Step);
    }

    [Fact]
    public void Loss_ClassWeights_IsTheWeightedMean()
    {
        var spec = toy.Spec();
        var weighted = ToyTrial.TaskOf(spec with { Training = spec.Training with { ClassWeights = spec.Training.ClassWeights.Add("class0", 5).Add("class2", 0.5) } });
        using var model = Model();
        var batch = weighted.TrainingBatch(0);
        var each = nn.functional.cross_entropy(model.Value.Classify(batch.Ids, batch.Mask, batch.Types), batch.Labels, reduction: nn.Reduction.None);
        var weights = tensor(new[] { 5f, 1f, 0.5f }).index_select(0, batch.Labels);

        Assert.Equal(((each * weights).sum() / weights.sum()).item<float>(), weighted.Loss(model.Value, batch).item<float>(), 1e-5f);
        Assert.Equal(weights.sum().item<float>(), weighted.WeightOf(batch), 1e-5);
    }

    [Fact]
    public void WeightOf_BalancedClasses_GivesEveryClassTheSame()
    {
        var spec = toy.Spec();
        var task = ToyTrial.TaskOf(spec with { Training = spec.Training with { BalancesClasses = true } });

        // The toy's classes are equally frequent, so balanced weights are all one.
        var batch = task.TrainingBatch(0);
        Assert.Equal(batch.Samples, task.WeightOf(batch), 1e-4);
    }

    [Fact]
    public void Execute_WeightOfAnUnknownClass_Fails()
    {
        var spec = toy.Spec();

        var result = toy.Run(spec with { Training = spec.Training with { ClassWeights = spec.Training.ClassWeights.Add("clas0", 2) } }, "unknown");

        Assert.Equal(new Failed("classWeights names 'clas0', which is no label of the dataset 'toy'; its labels are class0, class1, class2."), result.Outcome);
    }

    [Theory]
    [InlineData(Truncation.End, "the patient was seen today")]
    [InlineData(Truncation.Start, "pain and fever heart lung")]
    [InlineData(Truncation.Middle, "the patient was heart lung")]
    public void EncodeForClassification_LongText_IsCutWhereAsked(Truncation truncation, string kept)
    {
        var tokenizer = Tokenizer.Load(Path.Combine(toy.Folder, "base"));

        var (ids, _) = tokenizer.EncodeForClassification("the patient was seen today with no pain and fever heart lung", null, 7, truncation);

        Assert.Equal(tokenizer.EncodeForClassification(kept, null, 7).Ids, ids);
    }

    [Fact]
    public void Windows_LongText_OverlapAndEndWithTheText()
    {
        var tokenizer = Tokenizer.Load(Path.Combine(toy.Folder, "base"));
        int[] Ids(string text) => tokenizer.EncodeForClassification(text, null, 32).Ids;

        Assert.Equal(
            [Ids("the patient was seen"), Ids("was seen today with"), Ids("today with no")],
            tokenizer.Windows("the patient was seen today with no", 6, 2));
        Assert.Equal([Ids("the patient")], tokenizer.Windows("the patient", 6, 2));
    }

    [Fact]
    public void Evaluate_Windows_VoteByTheMeanOfTheirProbabilities()
    {
        var spec = toy.Spec();
        var task = ToyTrial.TaskOf(spec with { Training = spec.Training with { MaxLength = 6, WindowStride = 2 } });
        using var model = Model();
        var tokenizer = Tokenizer.Load(Path.Combine(toy.Folder, "base"));
        var rows = DatasetReader.Read(spec.Dataset!, Split.Test, needsLabels: true);
        using var quiet = no_grad();

        var metrics = task.Evaluate(model.Value, Split.Test, CPU, _ => { });

        var right = rows.Count(row =>
        {
            var batch = Batch.Of([.. tokenizer.Windows(row.Text, 6, 2).Select(ids => new EncodedText(ids, ids.Length, 0))], tokenizer.Padding);
            return $"class{model.Value.Classify(batch.Ids, batch.Mask).softmax(1).mean([0]).argmax().item<long>()}" == row.Label;
        });
        Assert.Equal((double)right / rows.Count, metrics["accuracy"], 1e-9);
        Assert.Equal(rows.Count, task.Count(Split.Test));
        Assert.True(task.Samples > 270, $"{task.Samples} windows of 270 texts");
    }

    private SafetensorsFile Saved(string name) => SafetensorsFile.Open(Path.Combine(toy.Artifacts(name), "model", "model.safetensors"));

    private OwnedModel Model()
    {
        manual_seed(3);
        var folder = Path.Combine(toy.Folder, "base");
        var shape = ModelConfiguration.Read(folder);
        var weights = new WeightFiles(folder).Load(shape, shape.BaseWeights().Concat(shape.HeadWeights(Head.SequenceClassification, 3)));
        return new(shape.Assemble(weights, new AdapterSet(), Precision.Float32));
    }

    private sealed record OwnedModel(LanguageModel Value) : IDisposable
    {
        public void Dispose() => Value.Weights.Dispose();
    }
}
