using System.Collections.Concurrent;
using Nola.Core.Functions;
using Nola.Core.Scoring;
using Nola.Search.Samplers;
using Nola.Search.Simulation;

namespace Nola.Benchmarks;

/// <summary>What each sampler finds in 100 trials on known functions: 50 seeds, one trial at a time and eight at a time.</summary>
internal sealed class SearchQuality : IBenchmark
{
    private const int Seeds = 50, Trials = 100;
    private static readonly ImmutableArray<TestFunction> Functions = [.. TestFunction.All.Where(function => function.Objectives == 1 && !function.Space.Parameters.IsEmpty)];

    public string Name => "search-quality";

    public string About => "best of 100 trials on known functions, 50 seeds, per sampler";

    public Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var figures = ImmutableArray.CreateBuilder<Figure>();
        // The costly one last.
        foreach (var sampler in SamplerFactory.Names.Where(name => name != "grid").OrderBy(name => name == "gp"))
        {
            foreach (var parallel in new[] { 1, 8 })
            {
                foreach (var function in Functions)
                {
                    var found = new ConcurrentBag<double>();
                    Parallel.For(0, Seeds, seed => found.Add(Gap(function, sampler, seed, parallel)));
                    ImmutableArray<double> sorted = [.. found.Order()];
                    figures.Add(new(Name, $"{function.Name}, {sampler}, {parallel} at once, best − optimum", "", sorted));
                    tell(string.Create(CultureInfo.InvariantCulture,
                        $"{function.Name} | {sampler} | {parallel} | {Quantiles.Of(sorted.AsSpan(), 0.5):0.00e+0} [{Quantiles.Of(sorted.AsSpan(), 0.25):0.0e+0} – {Quantiles.Of(sorted.AsSpan(), 0.75):0.0e+0}]"));
                }
            }
        }

        return Task.FromResult(figures.ToImmutable());
    }

    // With several at once, the oldest running trial ends before the next begins.
    private static double Gap(TestFunction function, string sampler, int seed, int parallel) => function.Gap(new SimulatedStudy
    {
        Method = new() { Id = function.Name, Function = function.Name },
        Search = new() { Sampler = sampler, Seed = seed, Trials = Trials, Space = function.Space },
        Parallelism = parallel,
    }.Run().Select(trial => trial.Values));
}
