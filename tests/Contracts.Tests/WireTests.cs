using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nola.Core.Budgets;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Orleans.Serialization;

namespace Nola.Contracts.Tests;

/// <summary>Every type of the vocabulary crosses the wire and the store without loss.</summary>
public class WireTests
{
    private static readonly ExperimentSpec Spec = new()
    {
        Name = "demo",
        Task = "sequence-classification",
        Models = [new PretrainedModel { Id = "mini", Path = "/models/mini" }],
        Datasets = [new DatasetSpec { Id = "notes", Train = ["a.csv", "b.csv"], Test = ["t.csv"] }],
        Methods = [new FullMethod { Id = "full", Training = new() { LearningRate = 5e-4 } }, new LoraMethod { Id = "lora", Layers = [1, 2] }, new Ia3Method { Id = "ia3" }, new CommandMethod { Id = "c", Run = ["sh", "{x}"], WorkingDirectory = "/w", Parameters = ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("x", 1) }],
        Seeds = [0, 1, 2],
        Objective = new("macro-f1", Direction.Maximize),
        TrialBudgets = [new() { SamplesPerClass = 8, Time = TimeSpan.FromSeconds(2000) }, TrialBudget.None],
        TotalBudget = new() { Cost = 120m },
        Rates = new() { Currency = "GBP", TrainingPerHour = 2.0396m, InferencePerHour = 1.9851m },
        Search = new()
        {
            Space = new([
                new("lora.rank", new Choices([8, 16L, "x", true, 0.5])),
                new("learningRate", new FloatRange(1e-5, 1e-3, Log: true)),
                new("batchSize", new IntegerRange(8, 64))]),
        },
    };

    [Fact]
    public void OrleansSerializer_ExperimentSpec_RoundTrips()
    {
        var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

        var copy = serializer.Deserialize<ExperimentSpec>(serializer.SerializeToArray(Spec));

        Assert.Equal(JsonSerializer.Serialize(Spec), JsonSerializer.Serialize(copy));
    }

    [Fact]
    public void Json_ExperimentSpec_RoundTrips()
    {
        var json = JsonSerializer.Serialize(Spec);

        var copy = JsonSerializer.Deserialize<ExperimentSpec>(json)!;

        Assert.Equal(json, JsonSerializer.Serialize(copy));
        Assert.Equal(5e-4, copy.Methods[0].Training.LearningRate);
        Assert.Equal(0.5, ((Choices)copy.Search!.Space.Parameters[0].Values).Values[4].AsNumber());
        Assert.Equal(ParameterKind.Integer, ((Choices)copy.Search!.Space.Parameters[0].Values).Values[0].Kind);
    }

    [Fact]
    public void OrleansSerializer_TrialRecord_RoundTrips()
    {
        var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
        var record = new TrialRecord
        {
            Id = new("demo", 1, 2),
            Parameters = ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("lora.rank", 8).Add("x", 2.0),
            Result = new()
            {
                Outcome = new OutOfBudget("perTrial.time = 2000 s"),
                Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("macro-f1", 0.5),
                Usage = new() { TrainingTime = TimeSpan.FromSeconds(3), Money = 0.25m },
                Parameters = new(1, 2, 3),
            },
        };

        var copy = serializer.Deserialize<TrialRecord>(serializer.SerializeToArray(record));

        Assert.Equal(JsonSerializer.Serialize(record), JsonSerializer.Serialize(copy));
        Assert.Equal(record.Result.Outcome, copy!.Result.Outcome);
    }
}
