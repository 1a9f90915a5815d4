using System.Collections.Concurrent;
using Nola.Benchmarks.Quality;
using Nola.Core.Experiments;
using Nola.Search;
using Nola.Search.Samplers;

namespace Nola.Benchmarks;

/// <summary>What each sampler finds in 100 trials on known functions: 50 seeds, one trial at a time and eight at a time.</summary>
internal sealed class SearchQuality : IBenchmark
{
    private const int Seeds = 50, Trials = 100;

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
                foreach (var problem in Problem.All)
                {
                    var found = new ConcurrentBag<double>();
                    Parallel.For(0, Seeds, seed => found.Add(Best(problem, sampler, seed, parallel) - problem.Best));
                    ImmutableArray<double> sorted = [.. found.Order()];
                    figures.Add(new(Name, $"{problem.Name}, {sampler}, {parallel} at once, best − optimum", "", sorted));
                    tell(string.Create(CultureInfo.InvariantCulture,
                        $"{problem.Name} | {sampler} | {parallel} | {Quantile(sorted, 0.5):0.00e+0} [{Quantile(sorted, 0.25):0.0e+0} – {Quantile(sorted, 0.75):0.0e+0}]"));
                }
            }
        }

        return Task.FromResult(figures.ToImmutable());
    }

    // With several at once, the oldest running trial ends before the next begins.
    private static double Best(Problem problem, string name, int seed, int parallel)
    {
        var sampler = SamplerFactory.Create(new SearchSpec { Sampler = name, Seed = seed, Space = problem.Space });
        var running = new Queue<PendingSuggestion>();
        var best = double.PositiveInfinity;
        for (var number = 0; number < Trials + parallel - 1; number++)
        {
            if (running.Count == parallel || number >= Trials)
                End(running.Dequeue());
            if (number < Trials)
                running.Enqueue(new(number, sampler.Suggest(number, running)!));
        }

        while (running.TryDequeue(out var last))
            End(last);
        return best;

        void End(PendingSuggestion suggestion)
        {
            var value = problem.Value(suggestion.Parameters);
            best = Math.Min(best, value);
            sampler.Update(new(suggestion.Number, suggestion.Parameters, value, ObservationState.Completed));
        }
    }

    private static double Quantile(ImmutableArray<double> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var low = (int)place;
        return sorted[low] + (place - low) * (sorted[Math.Min(low + 1, sorted.Length - 1)] - sorted[low]);
    }
}
