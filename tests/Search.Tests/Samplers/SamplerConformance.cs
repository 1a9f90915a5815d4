using System.Collections.Immutable;
using Nola.Core.Searching;
using Nola.Search.Samplers;
using Nola.Search.Spaces;

namespace Nola.Search.Tests.Samplers;

/// <summary>What every sampler promises; a class of three lines plugs one in.</summary>
public abstract class SamplerConformance
{
    private static readonly SearchSpace Mixed = new([
        new("x", new FloatRange(-5, 5)), new("lr", new FloatRange(1e-5, 1e-1, Log: true)), new("step", new FloatRange(0.1, 0.9, Step: 0.2)),
        new("int", new IntegerRange(1, 16)), new("by3", new IntegerRange(2, 14, Step: 3)), new("log", new IntegerRange(1, 64, Log: true)),
        new("kind", new Choices(["a", "b", true]))]);

    private static readonly SearchSpace Conditional = new([
        new("optimizer", new Choices(["adam", "sgd"])),
        new("momentum", new FloatRange(0, 0.99), new("optimizer", ["sgd"])),
        new("beta", new FloatRange(0.8, 0.999), new("optimizer", ["adam"])),
        new("layers", new IntegerRange(1, 3)),
        new("width", new IntegerRange(8, 64, Step: 8), new("layers", [2, 3]))]);

    private static readonly SearchSpace Finite = new([
        new("a", new Choices([1, 2L, "x"])), new("b", new IntegerRange(2, 8, Step: 3)), new("c", new FloatRange(0, 0.3, Step: 0.1), new("a", ["x"]))]);

    /// <summary>A fresh sampler, or null when it does not take this space.</summary>
    protected abstract ISampler? Create(SearchSpace space, int seed);

    [Theory]
    [InlineData("mixed")]
    [InlineData("conditional")]
    [InlineData("finite")]
    public void Suggest_WhateverEnded_StaysInsideTheSpace(string name)
    {
        var (space, sampler) = Require(name, seed: 3);
        var tree = new ParameterTree(space);
        var running = new List<PendingSuggestion>();

        for (var number = 0; number < 60 && sampler.Suggest(number, running) is { } point; number++)
        {
            Assert.True(tree.Contains(point), $"suggestion {number} is outside: {string.Join(", ", point)}");
            running.Add(new(number, point));
            if (running.Count < 4)
                continue;
            sampler.Update(End(running[0]));
            running.RemoveAt(0);
        }
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("conditional")]
    public void Suggest_AskedTwice_ChangesNoState(string name)
    {
        var (_, sampler) = Require(name, seed: 1);
        var (_, quiet) = Require(name, seed: 1);

        for (var number = 0; number < 40; number++)
        {
            for (var more = 0; more < 3; more++)
                sampler.Suggest(number + more, []);
            var point = quiet.Suggest(number, []);
            Assert.Equal(Text(point), Text(sampler.Suggest(number, [])));
            sampler.Update(End(new(number, point!)));
            quiet.Update(End(new(number, point!)));
        }
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("conditional")]
    public void Suggest_RebuiltFromItsObservations_AnswersTheSame(string name)
    {
        var (_, sampler) = Require(name, seed: 7);
        var told = new List<Observation>();
        for (var number = 0; number < 45; number++)
        {
            told.Add(End(new(number, sampler.Suggest(number, [])!)));
            sampler.Update(told[^1]);
        }

        var (_, again) = Require(name, seed: 7);
        told.ForEach(again.Update);
        var running = Enumerable.Range(45, 3).Select(number => new PendingSuggestion(number, sampler.Suggest(number, [])!)).ToArray();

        Assert.Equal(Text(sampler.Suggest(48, running)), Text(again.Suggest(48, running)));
    }

    [Fact]
    public void Suggest_OtherSeed_AnswersOtherwise()
    {
        var (_, one) = Require("mixed", seed: 1);
        var (_, other) = Require("mixed", seed: 2);

        Assert.Contains(Enumerable.Range(0, 20), number => Text(one.Suggest(number, [])) != Text(other.Suggest(number, [])));
    }

    [Fact]
    public void Suggest_FiniteSpace_NoPointTwiceWhileThereAreNewOnes()
    {
        var (_, sampler) = Require("finite", seed: 5);
        var seen = new HashSet<string>();
        var running = new List<PendingSuggestion>();

        for (var number = 0; number < 18; number++)
        {
            var point = sampler.Suggest(number, running)!;
            Assert.True(seen.Add(Text(point)), $"suggestion {number} repeats {Text(point)}");
            running.Add(new(number, point));
            if (running.Count < 3)
                continue;
            sampler.Update(End(running[0]));
            running.RemoveAt(0);
        }
    }

    [Fact]
    public void Suggest_OnlyFailures_GoesOn()
    {
        var (space, sampler) = Require("mixed", seed: 2);
        for (var number = 0; number < 30; number++)
        {
            sampler.Update(new(number, sampler.Suggest(number, [])!, null, ObservationState.Failed));
            sampler.Update(new(1000 + number, sampler.Suggest(number, [])!, double.NaN, ObservationState.Completed));
        }

        Assert.True(new ParameterTree(space).Contains(sampler.Suggest(30, [])!));
    }

    [Fact]
    public void Update_PointsOfAnotherSpace_TeachNothingAndBreakNothing()
    {
        var (space, sampler) = Require("mixed", seed: 2);
        for (var number = 0; number < 20; number++)
            sampler.Update(new(number, ImmutableSortedDictionary<string, ParameterValue>.Empty.Add("x", 77.0).Add("kind", "z").Add("other", 1), number, ObservationState.Completed));

        Assert.True(new ParameterTree(space).Contains(sampler.Suggest(20, [])!));
    }

    private static Observation End(PendingSuggestion suggestion)
    {
        var value = suggestion.Parameters.TryGetValue("x", out var x) ? x.AsNumber() * x.AsNumber() : suggestion.Number % 5;
        return (suggestion.Number % 9) switch
        {
            3 => new(suggestion.Number, suggestion.Parameters, null, ObservationState.Failed),
            4 => new(suggestion.Number, suggestion.Parameters, value, ObservationState.Pruned, suggestion.Number),
            5 => new(suggestion.Number, suggestion.Parameters, double.NaN, ObservationState.Completed),
            6 => new(suggestion.Number, suggestion.Parameters, null, ObservationState.Pruned),
            7 => new(suggestion.Number, suggestion.Parameters, null, ObservationState.Diverged),
            _ => new(suggestion.Number, suggestion.Parameters, value, ObservationState.Completed),
        };
    }

    private (SearchSpace Space, ISampler Sampler) Require(string name, int seed)
    {
        var space = name switch { "mixed" => Mixed, "conditional" => Conditional, _ => Finite };
        var sampler = Create(space, seed);
        Assert.SkipWhen(sampler is null, "this sampler does not take such a space");
        return (space, sampler!);
    }

    private static string Text(ImmutableSortedDictionary<string, ParameterValue>? point) =>
        point is null ? "nothing" : string.Join(", ", point.Select(pair => $"{pair.Key}={pair.Value}"));
}

public class RandomConformance : SamplerConformance
{
    protected override ISampler Create(SearchSpace space, int seed) => new RandomSampler(space, seed);
}

public class GridConformance : SamplerConformance
{
    protected override ISampler? Create(SearchSpace space, int seed) =>
        space.Parameters.Any(parameter => parameter.Values is FloatRange { Step: null }) ? null : new GridSampler(space);
}

public class QmcConformance : SamplerConformance
{
    protected override ISampler Create(SearchSpace space, int seed) => new QmcSampler(space, seed);
}

public class CmaEsConformance : SamplerConformance
{
    protected override ISampler Create(SearchSpace space, int seed) => new CmaEsSampler(space, seed);
}

public class GaussianProcessConformance : SamplerConformance
{
    protected override ISampler Create(SearchSpace space, int seed) => new GaussianProcessSampler(space, seed);
}

public class NsgaConformance : SamplerConformance
{
    protected override ISampler Create(SearchSpace space, int seed) => new NsgaSampler(space, seed, populationSize: 10);
}

public class EnqueuedConformance : SamplerConformance
{
    protected override ISampler Create(SearchSpace space, int seed) => new EnqueuedSampler(space, [], new TpeSampler(space, seed), seed);
}

public class TpeConformance : SamplerConformance
{
    protected override ISampler Create(SearchSpace space, int seed) => new TpeSampler(space, seed);
}
