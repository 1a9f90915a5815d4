using Nola.Client.Specs;
using Nola.Core.Budgets;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Data.Downloads;

namespace Nola.Client.Tests.Specs;

public sealed class SpecFileTests : IDisposable
{
    private readonly SpecFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_SmallestSpec_FillsInDefaults()
    {
        var spec = Right("name: small\ntask: sequence-classification\nmodels: nola-mini\ndatasets: clinical-notes\nmethods: [full, lora, ia3]\n");

        Assert.Equal("small", spec.Name);
        Assert.Equal(new Objective("macro-f1", Direction.Maximize), spec.Objective);
        Assert.Equal([0], spec.Seeds);
        Assert.Equal(new TrainingSettings(), spec.Training);
        Assert.Equal([TrialBudget.None], spec.TrialBudgets);
        Assert.Equal(TotalBudget.None, spec.TotalBudget);
        Assert.Equal(Path.Combine(folder.Root, "models/nola-mini"), Assert.IsType<PretrainedModel>(Assert.Single(spec.Models)).Path);
        Assert.Equal(["full", "lora", "ia3"], spec.Methods.Select(method => method.Id));
        var lora = Assert.IsType<LoraMethod>(spec.Methods[1]);
        Assert.Equal((8, 8, 0.1), (lora.Rank, lora.Alpha, lora.Dropout));
        Assert.Empty(lora.Targets); // the model's own
        Assert.True(File.Exists(Assert.Single(spec.Datasets).Train[0]));
        Assert.StartsWith("name: small\n", spec.SourceText, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EveryKey_IsRead()
    {
        folder.WriteModel("bert", "bert", layers: 12, positions: 512);
        var spec = Right("""
            name: all-keys
            task: sequence-classification
            models: [nola-mini, { id: big, path: bert }]
            datasets:
              - { id: notes, train: [data/train.csv, data/test.csv], validation: data/test.csv, test: data/test.csv, format: csv, text: text, label: label }
            methods:
              - full: { learningRate: 5e-4 }
              - lora: { id: lora-16, rank: 16, alphaRatio: 0.5, dropout: 0.3, targets: [query, value], layers: [0, 3], epochs: 5 }
              - ia3:
            seeds: [0, 1, 2]
            objective: { metric: loss }
            training: { learningRate: 1e-5, batchSize: 16, epochs: 2, maxLength: 64, warmupRatio: 0.1, weightDecay: 0, clipNorm: 0, evaluateEvery: 50, checkpointEvery: 30s, maskProbability: 0.2, precision: bf16 }
            budget:
              perTrial: { time: [100s, 1h30m], steps: 10k }
              samplesPerClass: [8, 16]
              total: { deviceTime: 40h, trials: 100, cost: 120 GBP, wallClock: 2d }
            rates: { currency: GBP, trainingPerHour: 2.0396, inferencePerHour: 1.9851 }
            search:
              sampler: grid
              trials: 20
              seed: 7
              space: { lora.rank: [8, 16], learningRate: { low: 1e-5, high: 1e-3, step: 1e-5 }, batchSize: { low: 8, high: 32, step: 8 } }
            parallelism: 4
            retries: { lost: 5, failed: 1 }
            priority: 20
            needs: { memory: 8 GiB, device: cuda }
            """);

        Assert.Equal(["nola-mini", "big"], spec.Models.Select(model => model.Id));
        Assert.Equal(2, spec.Datasets[0].Train.Length);
        Assert.Equal(5e-4, spec.Methods[0].Training.LearningRate);
        var lora = Assert.IsType<LoraMethod>(spec.Methods[1]);
        Assert.Equal((16, 0.5, 0.3, 5.0), (lora.Rank, lora.AlphaRatio, lora.Dropout, lora.Training.Epochs));
        Assert.Equal([0, 3], lora.Layers);
        Assert.Equal(new Objective("loss", Direction.Minimize), spec.Objective);
        Assert.Equal(
            new TrainingSettings
            {
                LearningRate = 1e-5, BatchSize = 16, Epochs = 2, MaxLength = 64, WarmupRatio = 0.1, WeightDecay = 0, ClipNorm = 0, EvaluateEvery = 50,
                CheckpointEvery = TimeSpan.FromSeconds(30), MaskProbability = 0.2, Precision = Precision.BFloat16,
            },
            spec.Training);
        Assert.Equal(
            [(8, 100), (8, 5400), (16, 100), (16, 5400)],
            spec.TrialBudgets.Select(budget => (budget.SamplesPerClass!.Value, (int)budget.Time!.Value.TotalSeconds)));
        Assert.All(spec.TrialBudgets, budget => Assert.Equal(10_000, budget.Steps));
        Assert.Equal(new() { DeviceTime = TimeSpan.FromHours(40), Trials = 100, Cost = 120, WallClock = TimeSpan.FromDays(2) }, spec.TotalBudget);
        Assert.Equal(new() { Currency = "GBP", TrainingPerHour = 2.0396m, InferencePerHour = 1.9851m }, spec.Rates);
        Assert.Equal(("grid", 20, 7), (spec.Search!.Sampler, spec.Search.Trials, spec.Search.Seed));
        Assert.Equal([8, 16], Assert.IsType<Choices>(spec.Search.Space.Parameters[0].Values).Values.Select(value => value.AsInteger()));
        Assert.Equal(new FloatRange(1e-5, 1e-3, false, 1e-5), spec.Search.Space.Parameters[1].Values);
        Assert.Equal(new IntegerRange(8, 32, false, 8), spec.Search.Space.Parameters[2].Values);
        Assert.Equal((4, 20), (spec.Parallelism, spec.Priority));
        Assert.Equal(new() { LostAttempts = 5, OwnFailures = 1 }, spec.Retries);
        Assert.Equal(new() { Memory = 8L << 30, Device = DeviceKind.Cuda }, spec.Needs);
    }

    [Theory]
    [InlineData("hf:org/bert", "bert")]
    [InlineData("[hf:org/bert@main]", "bert")]
    [InlineData("{ id: mine, path: hf:org/bert }", "mine")]
    public void Load_ModelOfTheHub_IsPinnedToItsCommit(string models, string id)
    {
        var commit = new string('a', 40);
        var hub = folder.Settings with { Hub = reference => new(reference with { Revision = commit }, Path.Combine(folder.Root, "models/nola-mini")) };

        var result = SpecFile.Load(folder.Write("spec.yaml", $"name: f\ntask: sequence-classification\nmodels: {models}\ndatasets: clinical-notes\nmethods: full\n"), hub);

        Assert.Empty(result.Problems);
        Assert.Equal(new PretrainedModel { Id = id, Path = $"hf:org/bert@{commit}" }, Assert.Single(result.Spec!.Models));
    }

    [Fact]
    public void Load_ModelThatTheHubLacks_NamesTheLine()
    {
        var hub = folder.Settings with { Hub = reference => throw new DownloadException($"{reference}: there is no such model; check the name") };

        var result = SpecFile.Load(folder.Write("spec.yaml", "name: f\ntask: sequence-classification\nmodels: { id: b, path: hf:org/bert }\ndatasets: clinical-notes\nmethods: full\n"), hub);

        Assert.Equal($"{folder.Root}/spec.yaml:3:24: hf:org/bert: there is no such model; check the name", Assert.Single(result.Problems).ToString());
    }

    [Fact]
    public void Load_Function_RunsOnLightSlots()
    {
        var spec = Right("name: f\ntask: function\nmethods: [{ function: { name: sphere, duration: 250ms, steps: 5, curve: 2.5, failureRate: 0.1 } }]\nsearch: { trials: 3, space: { x: { low: -1, high: 1 } } }\n");

        var method = Assert.IsType<FunctionMethod>(Assert.Single(spec.Methods));
        Assert.Equal(("sphere", TimeSpan.FromMilliseconds(250), 5, 2.5, 0.1), (method.Function, method.Duration, method.Steps, method.Curve, method.FailureRate));
        Assert.Equal(SlotKind.Light, spec.Needs.Slot);
        Assert.Equal("value", spec.Objective.Metric);
    }

    [Fact]
    public void Load_Command_IsReadWithParametersOfAnyNameAndRange()
    {
        folder.Write("train.py", "");
        folder.Write("code/train.py", "");
        var spec = Right("""
            name: c
            task: command
            objective: { metric: val_loss, direction: minimize }
            methods:
              - command: { run: [sh, train.py, "--rate={learningRate}", 3, "{{seed}}"] }
              - command:
                  id: all
                  run: [sh, train.py]
                  workingDirectory: code
                  parameters: { hidden: 64, name: "8", momentum: 0.5 }
                  environment: { DEVICE: "{device}" }
                  metrics: metrics.jsonl
                  limits: { memory: 2 GiB, silence: 10m, output: 1 MiB, grace: 30s }
            search:
              trials: 3
              space: { learningRate: { low: 1, high: 1000, log: true }, hidden: { low: 8, high: 512, log: true, integer: true } }
            """);

        Assert.Equal(new Objective("val_loss", Direction.Minimize), spec.Objective);
        Assert.Equal(SlotKind.Device, spec.Needs.Slot);
        var plain = Assert.IsType<CommandMethod>(spec.Methods[0]);
        Assert.Equal(["sh", "train.py", "--rate={learningRate}", "3", "{{seed}}"], plain.Run);
        Assert.Equal((folder.Root, new CommandLimits()), (plain.WorkingDirectory, plain.Limits));
        var all = Assert.IsType<CommandMethod>(spec.Methods[1]);
        Assert.Equal((Path.Combine(folder.Root, "code"), "metrics.jsonl", "{device}"), (all.WorkingDirectory, all.MetricsFile, all.Environment["DEVICE"]));
        Assert.Equal([64, "8", 0.5], new ParameterValue[] { all.Parameters["hidden"], all.Parameters["name"], all.Parameters["momentum"] });
        Assert.Equal(new() { Memory = 2L << 30, Silence = TimeSpan.FromMinutes(10), Output = 1 << 20, Grace = TimeSpan.FromSeconds(30) }, all.Limits);
        Assert.Equal([new FloatRange(1, 1000, true), new IntegerRange(8, 512, true)], spec.Search!.Space.Parameters.Select(parameter => parameter.Values));
        // The first one names its parameters, and so has no other; the second one gets them all.
        Assert.Equal([["learningRate"], ["learningRate", "hidden"]], Matrix.Expand(spec, "x").Select(study => study.Search!.Space.Parameters.Select(parameter => parameter.Name)));
    }

    [Fact]
    public void Load_PathIsAFolder_FindsItsSplits()
    {
        folder.Write("data/dev.csv", "text,label\nx,heart\n");

        var dataset = Assert.Single(Right("name: f\ntask: sequence-classification\nmodels: nola-mini\ndatasets: { path: data }\nmethods: full\n").Datasets);

        Assert.Equal("data", dataset.Id);
        Assert.Equal(["train.csv", "dev.csv", "test.csv"], new[] { dataset.Train[0], dataset.Validation[0], dataset.Test[0] }.Select(file => Path.GetFileName(file)));
    }

    [Fact]
    public void Load_Anchor_IsRepeated()
    {
        var spec = Right("name: f\ntask: sequence-classification\nmodels: nola-mini\ndatasets: clinical-notes\nmethods:\n  - lora: { id: a, targets: &t [query] }\n  - lora: { id: b, targets: *t, rank: 4 }\n");

        Assert.All(spec.Methods, method => Assert.Equal(["query"], ((LoraMethod)method).Targets));
    }

    [Fact]
    public void Load_SeveralObjectives_FirstIsReportedAndAllAreSearchedFor()
    {
        var spec = Right("name: two\ntask: sequence-classification\nmodels: nola-mini\ndatasets: clinical-notes\nmethods: lora\nobjective: [macro-f1, seconds, { metric: accuracy, direction: minimize }]\nsearch: { sampler: nsga, trials: 9, space: { lora.rank: [8, 16] } }\n");

        Assert.Equal(new Objective("macro-f1", Direction.Maximize), spec.Objective);
        Assert.Equal([new Objective("seconds", Direction.Minimize), new Objective("accuracy", Direction.Minimize)], spec.Search!.Besides);
    }

    [Fact]
    public void Load_Constraints_HaveTheirUnits()
    {
        var spec = Right("name: bound\ntask: sequence-classification\nmodels: nola-mini\ndatasets: clinical-notes\nmethods: lora\nconstraints: [{ metric: memory, max: 2 GiB }, { metric: seconds, max: 1m30s }, { metric: parameters, min: 1k, max: 2M }, { metric: accuracy, min: 0.5 }]\n");

        Assert.Equal([new("memory", null, 2L << 30), new("seconds", null, 90), new("parameters", 1000, 2_000_000), new Constraint("accuracy", 0.5, null)], spec.Constraints);
    }

    private ExperimentSpec Right(string text)
    {
        var result = folder.Load(text);
        Assert.Empty(result.Problems.Select(problem => problem.ToString()));
        return result.Spec!;
    }
}
