using System.Diagnostics;
using Nola.Core.Searching;
using Nola.Search;
using Nola.Search.Samplers;

namespace Nola.Benchmarks;

/// <summary>What one suggestion of TPE costs with 100 … 100,000 finished trials, in spaces of four parameters.</summary>
internal sealed class Suggestions : IBenchmark
{
    private const int Asked = 31;
    private static readonly int[] Finished = [100, 1000, 10_000, 100_000];

    private static readonly SearchSpace Ranges = new([.. Enumerable.Range(0, 4).Select(axis => new SearchParameter($"x{axis}", new FloatRange(-5, 5)))]);

    private static readonly SearchSpace Mixed = new([
        new("rank", new Choices([8, 16, 32, 64, 128])), new("layers", new IntegerRange(1, 24)), new("dropout", new FloatRange(0, 0.5, Step: 0.05)),
        new("lr", new FloatRange(1e-5, 1e-3, Log: true))]);

    public string Name => "suggestions";

    public string About => "time of one TPE suggestion with 100 … 100,000 finished trials";

    public Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell)
    {
        var figures = ImmutableArray.CreateBuilder<Figure>();
        foreach (var (name, space) in new[] { ("four ranges", Ranges), ("list, integer, step, log range", Mixed) })
        {
            var (sampler, random) = (new TpeSampler(space, 1), new RandomSampler(Endless(space), 2));
            var told = 0;
            foreach (var count in Finished)
            {
                var began = Stopwatch.GetTimestamp();
                for (; told < count; told++)
                {
                    // Half random points, half near the best, as a study has them; suggesting each of them would take all day.
                    var point = told < 100 ? sampler.Suggest(told, [])! : Nearest(space, random.Suggest(told, [])!);
                    sampler.Update(new(told, point, Value(point), ObservationState.Completed));
                }

                var updated = Stopwatch.GetElapsedTime(began);
                for (var warm = 0; warm < 5; warm++)
                    sampler.Suggest(told + warm, []);
                var times = ImmutableArray.CreateBuilder<double>();
                using var self = Process.GetCurrentProcess();
                for (var asked = 0; asked < Asked; asked++)
                {
                    var point = sampler.Suggest(told, [])!;
                    sampler.Update(new(told++, point, Value(point), ObservationState.Completed));
                    began = Stopwatch.GetTimestamp();
                    sampler.Suggest(told, []);
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }

                // On a machine that others use, too, the processor's time says more than the clock's.
                var many = Math.Clamp(2_000_000 / count, 100, 2000);
                self.Refresh();
                var before = self.UserProcessorTime;
                for (var asked = 0; asked < many; asked++)
                    sampler.Suggest(told, []);
                self.Refresh();
                var processor = self.UserProcessorTime - before;
                figures.Add(new(Name, $"TPE, {name}, {count:N0} finished", "ms", times.ToImmutable(), Target: count == 10_000 ? 2 : null));
                figures.Add(new(Name, $"TPE, {name}, {count:N0} finished, processor time of one in {many}", "ms", [processor.TotalMilliseconds / many]));
                tell(string.Create(CultureInfo.InvariantCulture, $"{name}, {count:N0}: {times.Order().ElementAt(Asked / 2):0.000} ms, processor {processor.TotalMilliseconds / many:0.000} ms; told in {updated.TotalSeconds:0.00} s"));
            }
        }

        return Task.FromResult(figures.ToImmutable());
    }

    // Random search remembers the points of a finite space; here it need not.
    private static SearchSpace Endless(SearchSpace space) => new(space.Parameters.Add(new("endless", new FloatRange(0, 1))));

    private static ImmutableSortedDictionary<string, ParameterValue> Nearest(SearchSpace space, ImmutableSortedDictionary<string, ParameterValue> point) =>
        point.RemoveRange(point.Keys.Where(name => space.Parameters.All(parameter => parameter.Name != name)));

    private static double Value(ImmutableSortedDictionary<string, ParameterValue> point) =>
        point.Values.Sum(value => Math.Pow(value.AsNumber() is var number && number < 0.01 ? Math.Log10(Math.Max(number, 1e-9)) + 3.7 : number / 5, 2));
}
