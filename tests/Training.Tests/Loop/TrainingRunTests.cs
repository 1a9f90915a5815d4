using Microsoft.Extensions.Time.Testing;
using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Trials;
using Nola.Training.Loop;
using Nola.Training.Safetensors;

namespace Nola.Training.Tests.Loop;

public sealed class TrainingRunTests : IDisposable
{
    private readonly ToyTrial toy = new();

    public void Dispose() => toy.Dispose();

    [Theory]
    [InlineData("full", Precision.Float32, 0.95)]
    [InlineData("lora", Precision.Float32, 0.95)]
    [InlineData("ia3", Precision.Float32, 0.6)]
    [InlineData("head", Precision.Float32, 0.45)]
    [InlineData("full", Precision.BFloat16, 0.95)]
    [InlineData("lora", Precision.BFloat16, 0.95)]
    [InlineData("dora", Precision.BFloat16, 0.95)]
    [InlineData("bitfit", Precision.BFloat16, 0.5)]
    public void Execute_ToyDataset_LearnsIt(string method, Precision precision, double least)
    {
        var spec = toy.Spec(method);
        var result = toy.Run(spec with { Training = spec.Training with { Epochs = method == "full" ? 6 : 15, Precision = precision } }, method);

        Assert.IsType<Completed>(result.Outcome);
        Assert.True(result.Metrics["macro-f1"] > least, $"macro-F1 on the test split is {result.Metrics["macro-f1"]}");
        Assert.True(File.Exists(Path.Combine(toy.Artifacts(method), method is "full" or "head" or "bitfit" ? "model/model.safetensors" : "adapter/adapter_model.safetensors")));
    }

    [Fact]
    public void Execute_FirstStep_IsToldAtOnce()
    {
        var observer = new ToyTrial.Observer();
        var spec = toy.Spec();
        toy.Run(spec with { Training = spec.Training with { Epochs = 1 } }, "first", observer, new FakeTimeProvider());

        Assert.Equal(1, observer.Reports.First(report => report.Phase == "training").Step);
        Assert.Single(observer.Reports, report => report.Phase == "training");
    }

    [Fact]
    public void Execute_MaskedLanguage_LowersTheLoss()
    {
        toy.AddPooler();
        var observer = new ToyTrial.Observer();
        var spec = toy.Spec(task: "masked-lm");
        var result = toy.Run(spec with { Training = spec.Training with { EvaluateEvery = 5, Epochs = 20 } }, "mlm", observer);

        Assert.IsType<Completed>(result.Outcome);
        Assert.True(result.Best!.Metrics["loss"] < observer.Measurements[0].Metrics["loss"] - 0.3);
        var saved = SafetensorsFile.Open(Path.Combine(toy.Artifacts("mlm"), "model", "model.safetensors"));
        Assert.Contains("bert.pooler.dense.weight", saved.Names);
    }

    [Theory]
    [InlineData("full")]
    [InlineData("lora")]
    public void Execute_SameSeedTwice_GivesIdenticalMetrics(string method)
    {
        var (first, second) = (toy.Run(toy.Spec(method), "a"), toy.Run(toy.Spec(method), "b"));

        Assert.Equal(first.Metrics, second.Metrics);
        Assert.Equal(first.Objective, second.Objective);
        Assert.NotEqual(first.Metrics["loss"], toy.Run(toy.Spec(method) with { Seed = 8 }, "c").Metrics["loss"]);
    }

    [Theory]
    [InlineData("full", false)]
    [InlineData("lora", false)]
    [InlineData("ia3", false)]
    [InlineData("dora", false)]
    [InlineData("bitfit", false)]
    [InlineData("prefix", false)]
    [InlineData("prompt", false)]
    [InlineData("head", false)]
    [InlineData("frozen", false)]
    [InlineData("full", true)]
    public void Execute_StoppedAndResumed_EndsWithTheVeryMetrics(string method, bool newestIsTorn)
    {
        var spec = toy.Spec(method) with { Training = toy.Spec(method).Training with { EvaluateEvery = 20, CheckpointEvery = newestIsTorn ? TimeSpan.Zero : TimeSpan.FromHours(1), Dropout = method == "frozen" ? 0 : null } };
        var undisturbed = toy.Run(spec, "undisturbed");

        using var stop = new CancellationTokenSource();
        var observer = new ToyTrial.Observer(measurement =>
        {
            if (measurement.Step == 40)
                stop.Cancel();
            return Directive.Continue;
        });
        Assert.ThrowsAny<OperationCanceledException>(() => toy.Run(spec, "disturbed", observer, stop: stop.Token));
        if (newestIsTorn)
        {
            var newest = Directory.GetFiles(Path.Combine(toy.Artifacts("disturbed"), "checkpoints")).Order().Last();
            using var file = File.OpenWrite(newest);
            file.SetLength(file.Length - 1000);
        }

        var resumed = toy.Run(spec, "disturbed");

        Assert.Equal(newestIsTorn ? 39 : 40, resumed.ResumedFromStep);
        Assert.Equal(undisturbed.Metrics, resumed.Metrics);
        Assert.Equal(undisturbed.Objective, resumed.Objective);
        Assert.Equal(undisturbed.Usage.Steps, resumed.Usage.Steps + resumed.ResumedFromStep);
    }

    [Fact]
    public void Execute_HeadOfATaskWithoutOne_Fails()
    {
        var result = toy.Run(toy.Spec("head", "masked-lm"), "none");

        Assert.Equal(new Failed("The method 'head' trains nothing of a bert in the task 'masked-lm'."), result.Outcome);
    }

    // What TF32 changes shows on GPUs only; here, that it is switched on and off, and changes nothing else.
    [Theory]
    [InlineData(Precision.TensorFloat32, true)]
    [InlineData(Precision.Float32, false)]
    public void Execute_Precision_SaysWhetherAGpuRoundsFactors(Precision precision, bool rounds)
    {
        TorchSharp.torch.backends.cuda.matmul.allow_tf32 = !rounds;
        var spec = toy.Spec("lora");
        spec = spec with { Training = spec.Training with { Epochs = 1 } };

        var metrics = toy.Run(spec with { Training = spec.Training with { Precision = precision } }, "one").Metrics;

        Assert.Equal(rounds, TorchSharp.torch.backends.cuda.matmul.allow_tf32);
        Assert.Equal(toy.Run(spec, "other").Metrics, metrics);
    }

    [Fact]
    public void Execute_FrozenWeightsInHalfPrecision_AreSavedAsTheFilesHaveThem()
    {
        var spec = toy.Spec("head");
        toy.Run(spec with { Training = spec.Training with { Epochs = 1, Precision = Precision.BFloat16 } }, "head");

        const string Name = "bert.encoder.layer.0.attention.self.key.weight";
        using var original = SafetensorsFile.Open(Path.Combine(toy.Folder, "base", "model.safetensors")).Load(Name);
        using var saved = SafetensorsFile.Open(Path.Combine(toy.Artifacts("head"), "model", "model.safetensors")).Load(Name);
        Assert.True(original.eq(saved).all().item<bool>());
    }

    [Fact]
    public void Execute_PromptBeyondTheModelsPositions_Fails()
    {
        var spec = toy.Spec("prompt");
        var result = toy.Run(spec with { Training = spec.Training with { MaxLength = 30 } }, "long");

        Assert.StartsWith("maxLength is 30, the method adds 8 tokens and the model ", Assert.IsType<Failed>(result.Outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_StepsCap_EndsOutOfBudgetWithAMeasurement()
    {
        var result = toy.Run(toy.Spec() with { Budget = new() { Steps = 10 } }, "steps");

        Assert.Equal(new OutOfBudget("perTrial.steps = 10"), result.Outcome);
        Assert.Equal(10, result.Usage.Steps);
        Assert.Equal(10, result.Best!.Step);
        Assert.NotEmpty(result.Metrics);
    }

    [Fact]
    public void Execute_SamplesCap_IsNotPassed()
    {
        var result = toy.Run(toy.Spec() with { Budget = new() { Samples = 500 } }, "samples");

        Assert.Equal(new OutOfBudget("perTrial.samples = 500"), result.Outcome);
        Assert.InRange(result.Usage.Samples, 470, 500);
    }

    [Fact]
    public void Execute_TimeCap_IsNotPassedAndNamed()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) }; // every look at the clock takes a second, so a step does
        var result = toy.Run(toy.Spec() with { Budget = new() { Time = TimeSpan.FromSeconds(12) } }, "time", time: time);

        Assert.Equal(new OutOfBudget("perTrial.time = 12s"), result.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(12), result.Usage.TrainingTime);
        Assert.NotNull(result.Best);
    }

    [Fact]
    public void Execute_AllowanceUsedUp_EndsWithItsCap()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var result = toy.Run(toy.Spec(), "allowance", time: time, allowance: new() { TrainingTime = TimeSpan.FromSeconds(5), Cap = "total.deviceTime = 5s" });

        Assert.Equal(new OutOfBudget("total.deviceTime = 5s"), result.Outcome);
        Assert.Equal(5, result.Usage.Steps);
    }

    [Fact]
    public void Execute_MoneyUsedUp_KeepsEnoughForTheEvaluations()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var rates = new RateCard { Currency = "GBP", TrainingPerHour = 3600, InferencePerHour = 1800 };
        var result = toy.Run(toy.Spec(), "money", time: time, allowance: new() { Money = 60, Rates = rates, Cap = "total.cost = 60 GBP" });

        Assert.Equal(new OutOfBudget("total.cost = 60 GBP"), result.Outcome);
        Assert.InRange(rates.CostOf(result.Usage.TrainingTime, result.Usage.InferenceTime), 30, 60);
        Assert.NotNull(result.Best);
        Assert.True(result.Metrics.ContainsKey("macro-f1"));
    }

    [Fact]
    public void Execute_MoneyForHalfAnEvaluation_StopsTheEvaluation()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var rates = new RateCard { Currency = "GBP", TrainingPerHour = 0, InferencePerHour = 3600 };
        var result = toy.Run(toy.Spec(), "half", time: time, allowance: new() { Money = 1, Rates = rates, Cap = "total.cost = 1 GBP" });

        Assert.Equal(new OutOfBudget("total.cost = 1 GBP"), result.Outcome);
        Assert.Empty(result.Metrics);
    }

    [Fact]
    public void Execute_Pruned_EndsAtThatStep()
    {
        var result = toy.Run(toy.Spec(), "pruned", new(_ => new(DirectiveAction.Prune)));

        Assert.Equal(new Pruned(result.Best!.Step), result.Outcome);
    }

    [Fact]
    public void Execute_HugeLearningRate_Diverges()
    {
        var spec = toy.Spec();
        var result = toy.Run(spec with { Training = spec.Training with { LearningRate = 1e30, WarmupRatio = 0 } }, "diverged");

        Assert.IsType<Diverged>(result.Outcome);
        Assert.Empty(result.Metrics);
    }

    [Fact]
    public void Execute_LabelOfTestUnknownInTraining_FailsWithOneSentence()
    {
        File.AppendAllText(Path.Combine(toy.Folder, "test.csv"), "the patient,class9\n");

        var failed = Assert.IsType<Failed>(toy.Run(toy.Spec(), "unknown").Outcome);
        Assert.Equal("The test split of the dataset 'toy' has the label 'class9', which the training split lacks.", failed.Reason);
    }

    [Fact]
    public void Execute_NoModelFolder_FailsWithOneSentence()
    {
        var result = toy.Run(toy.Spec() with { Model = new PretrainedModel { Id = "toy", Path = "/nowhere" } }, "nowhere");

        Assert.Contains("/nowhere", Assert.IsType<Failed>(result.Outcome).Reason);
    }

    [Fact]
    public void Execute_FullFineTuning_LeavesTheCachedModelUnchanged()
    {
        var before = toy.Run(toy.Spec("lora"), "before");
        toy.Run(toy.Spec("full"), "between");

        Assert.Equal(before.Metrics, toy.Run(toy.Spec("lora"), "after").Metrics);
    }

    [Fact]
    public void Execute_AlreadyFinishedInThisFolder_ReturnsThatResultAndTrainsNothing()
    {
        var spec = toy.Spec() with { Budget = new() { Steps = 10 } };
        var first = toy.Run(spec, "twice");
        var second = toy.Run(spec, "twice");

        Assert.Equal(first.Metrics, second.Metrics);
        Assert.Equal(first.Outcome, second.Outcome);
        Assert.Equal((0, 10), (second.Usage.Steps, second.ResumedFromStep));
        Assert.False(Directory.Exists(Path.Combine(toy.Artifacts("twice"), "checkpoints")));
        Assert.Equal(11, toy.Run(spec with { Budget = new() { Steps = 11 } }, "twice").Usage.Steps);
    }
}
