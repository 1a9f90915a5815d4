using System.Runtime.CompilerServices;
using Nola.Client.Studies.Optuna;
using Nola.Client.Tests.Specs;
using Nola.Core.Searching;

namespace Nola.Client.Tests.Studies;

public sealed class JournalReaderTests : IDisposable
{
    private readonly SpecFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>optuna.log was written by Optuna 4.1.0; optuna.py beside it says how.</summary>
    [Fact]
    public void Read_JournalOfOptuna_AllThatHappened()
    {
        var studies = JournalReader.Read(OptunaLog());

        Assert.Equal(["lora", "two"], studies.Select(study => study.Name));
        Assert.Equal([OptunaDirection.Maximize, OptunaDirection.Minimize], studies[1].Directions);
        Assert.Equal(
            [OptunaState.Complete, OptunaState.Complete, OptunaState.Complete, OptunaState.Pruned, OptunaState.Fail, OptunaState.Complete, OptunaState.Running], studies[0].Trials.Select(trial => trial.State));
        var first = studies[0].Trials[0];
        Assert.Equal(0.6, Assert.Single(first.Values));
        Assert.Equal([0.1, 0.2, 0.1 * 2 + 0.1], first.Reports.Values);
        Assert.Equal(
            [("batch", 10), ("dropout", 0.1), ("layers", 4), ("lr", 6.82407842709883e-05), ("optimizer", "adam"), ("rank", 8)],
            first.Parameters.Select(parameter => (parameter.Key, parameter.Value!.Value)));
        Assert.Equal(1, studies[0].Trials[3].Reports.Keys.Last());
        Assert.Equal(2, studies[1].Trials[0].Values.Length);
    }

    [Fact]
    public void Read_WhatNolaWrites_IsTheSame()
    {
        var study = SampleStudy.Build();
        folder.Write("nola.log", new JournalWriter(TimeZoneInfo.Utc).Write([study]));

        var read = Assert.Single(JournalReader.Read(Path.Combine(folder.Root, "nola.log")));

        Assert.Equal(26, read.Trials.Count);
        foreach (var (trial, own) in read.Trials.Zip(study.Trials))
        {
            Assert.Equal(own.Parameters, trial.Parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value!.Value));
            Assert.Equal(study.ValueOf(own), trial.Values.Select(value => (double?)value).FirstOrDefault());
        }

        Assert.Equal([OptunaState.Running, OptunaState.Waiting], read.Trials.TakeLast(2).Select(trial => trial.State));
    }

    [Theory]
    [InlineData("{\"op_code\":0,\"worker_id\":\"w\",\"study_name\":\"a\",\"directions\":[2]}", 1, "the last line is torn: it does not end")]
    [InlineData("{\"op_code\":0,\"worker_id\":\"w\",\"study_name\":\"a\",\"directions\":[2]}\n\n", 2, "this line is no JSON: ''")]
    [InlineData("{\"op_code\":0,\"worker_id\":\"w\",\"study\":\"a\",\"directions\":[2]}\n", 1, "this line is not as Optuna writes it: '{\"op_code\":0,\"worker_id\":\"w\",\"study\":\"a\"…'")]
    public void Read_BrokenLine_SaysWhich(string text, int line, string message)
    {
        folder.Write("broken.log", text);

        var fault = Assert.Throws<JournalException>(() => JournalReader.Read(Path.Combine(folder.Root, "broken.log")));

        Assert.Equal((line, message), (fault.Line, fault.Message));
    }

    [Fact]
    public void Read_PythonsNaN_IsNoValue()
    {
        folder.Write("nan.log", "{\"op_code\":0,\"worker_id\":\"w\",\"study_name\":\"a\",\"directions\":[1]}\n{\"op_code\":4,\"worker_id\":\"w\",\"study_id\":0,\"datetime_start\":null}\n{\"op_code\":7,\"worker_id\":\"w\",\"trial_id\":0,\"step\":1,\"intermediate_value\":NaN}\n{\"op_code\":6,\"worker_id\":\"w\",\"trial_id\":0,\"state\":1,\"values\":[-Infinity]}\n");

        var trial = Assert.Single(JournalReader.Read(Path.Combine(folder.Root, "nan.log"))).Trials[0];

        Assert.Equal((double.NaN, double.NaN), (trial.Reports[1], trial.Values[0]));
    }

    [Fact]
    public void Load_SpecWithJournal_KnowsTheTrialsThatLieInItsSpace()
    {
        File.Copy(OptunaLog(), Path.Combine(folder.Root, "optuna.log"));
        var result = folder.Load("""
            name: warm
            task: sequence-classification
            models: nola-mini
            datasets: clinical-notes
            methods: [full, lora]
            search:
              sampler: tpe
              trials: 5
              warmStart: { journal: optuna.log, study: lora, names: { lr: learningRate, rank: lora.rank, dropout: lora.dropout } }
              space: { learningRate: { low: 1e-5, high: 1e-3, log: true }, lora.rank: [8, 16], lora.dropout: [0.1, 0.3, 0.4, 0.5] }
            """);

        Assert.Empty(result.Problems.Select(problem => problem.ToString()));
        var spec = result.Spec!;
        Assert.True(spec.Search!.LearnsFromKnownTrials);
        // Trial 2 has rank 32, trial 4 failed, trial 6 was running.
        Assert.Equal([0.6, 0.9, 0.4, 0.9], spec.KnownTrials.Select(trial => trial.Value));
        Assert.Equal([false, false, true, false], spec.KnownTrials.Select(trial => trial.IsPruned));
        Assert.Equal(0.3, spec.KnownTrials[2].Parameters["lora.dropout"].AsNumber());
        Assert.Equal([(ParameterValue)8, 16, 16, 8], spec.KnownTrials.Select(trial => trial.Parameters["lora.rank"]));
    }

    private static string OptunaLog([CallerFilePath] string test = "") => Path.Combine(Path.GetDirectoryName(test)!, "optuna.log");
}
