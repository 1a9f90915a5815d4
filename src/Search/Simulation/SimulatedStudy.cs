using Nola.Core.Experiments;
using Nola.Core.Functions;
using Nola.Core.Searching;
using Nola.Search.Pruners;
using Nola.Search.Samplers;

namespace Nola.Search.Simulation;

/// <summary>A study of a function whose workers and whose time are simulated: what a sampler and a pruner find, without an engine.</summary>
/// <remarks>
/// Every worker begins its next trial when its last one has ended; the sampler knows which trials run. All trials are equally fast, and a whole trial
/// takes a time of 1. Of what happens at the same time, that of the trial which began first comes first.
/// </remarks>
public sealed record SimulatedStudy
{
    /// <summary>The function, with steps, curve and failure rate.</summary>
    public required FunctionMethod Method { get; init; }

    /// <summary>Sampler, pruner, seed and number of trials; its space is the function's own where it is empty.</summary>
    public required SearchSpec Search { get; init; }

    /// <summary>Trials that run at once. Default: 1.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Runs it; trials come in the order in which they end.</summary>
    /// <exception cref="ArgumentException">There is no such function, sampler or pruner, or an option is wrong.</exception>
    public IEnumerable<SimulatedTrial> Run()
    {
        var function = TestFunction.Find(Method.Function) ?? throw new ArgumentException($"There is no function '{Method.Function}'.");
        var search = Search.Space.Parameters.IsEmpty ? Search with { Space = function.Space } : Search;
        var sampler = SamplerFactory.Create(search);
        var pruner = PrunerFactory.Create(new()
        {
            Experiment = "simulation", Index = 0, Task = "function", Model = new NoModel { Id = "none" }, Method = Method,
            Objective = new(TestFunction.Metrics[0], Direction.Minimize), Search = search,
        });
        return Run(function, search, sampler, pruner);
    }

    private IEnumerable<SimulatedTrial> Run(TestFunction function, SearchSpec search, ISampler sampler, IPruner? pruner)
    {
        var running = new List<Running>();
        var steps = new PriorityQueue<Running, (double At, int Number)>();
        var begun = 0;
        for (var worker = 0; worker < Parallelism; worker++)
            Begin(0);
        while (steps.TryDequeue(out var trial, out var now))
        {
            trial.Step++;
            if (StateAfter(trial, pruner) is not { } state)
            {
                steps.Enqueue(trial, (trial.BeganAt + (trial.Step + 1) * trial.StepTime, trial.Number));
                continue;
            }

            running.Remove(trial);
            var ended = new SimulatedTrial(trial.Number, trial.Parameters, trial.Values, state, now.At, trial.Step);
            pruner?.End(trial.Number, state);
            sampler.Update(new(trial.Number, trial.Parameters, state == ObservationState.Failed ? null : trial.Values[0], state, trial.Step)
            {
                Objectives = state == ObservationState.Completed && function.Objectives > 1 ? trial.Values : [],
            });
            yield return ended;
            Begin(now.At);
        }

        void Begin(double at)
        {
            if (begun >= search.Trials || sampler.Suggest(begun, [.. running.Select(other => new PendingSuggestion(other.Number, other.Parameters))]) is not { } point)
                return;
            var trial = new Running(begun, point, new(Method, function.Values(point), 0, begun, search.Seed), at);
            begun++;
            running.Add(trial);
            steps.Enqueue(trial, (at + trial.StepTime, trial.Number));
        }
    }

    // Null when it goes on.
    private static ObservationState? StateAfter(Running trial, IPruner? pruner)
    {
        var course = trial.Course;
        if (course.FailsAt == trial.Step)
            return ObservationState.Failed;
        if (!course.IsFinite)
            return ObservationState.Diverged;
        if (trial.Step <= course.Steps && pruner?.Report(trial.Number, trial.Step, trial.Values[0]) == PruneDecision.Prune)
            return ObservationState.Pruned;
        return trial.Step >= course.Steps ? ObservationState.Completed : null;
    }

    private sealed class Running(int number, ImmutableSortedDictionary<string, ParameterValue> parameters, TrialCourse course, double beganAt)
    {
        public int Number => number;
        public ImmutableSortedDictionary<string, ParameterValue> Parameters => parameters;
        public TrialCourse Course => course;
        public double BeganAt => beganAt;
        public double StepTime => 1.0 / Math.Max(1, course.Steps);
        public int Step { get; set; }
        public ImmutableArray<double> Values => course.At(Step);
    }
}

/// <summary>A trial of a simulated study that has ended.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Parameters">What the sampler chose.</param>
/// <param name="Values">The values it had at its end, one per objective.</param>
/// <param name="State">How it ended.</param>
/// <param name="EndedAt">When, where a whole trial takes 1.</param>
/// <param name="Steps">Steps done.</param>
public sealed record SimulatedTrial(
    int Number, ImmutableSortedDictionary<string, ParameterValue> Parameters, ImmutableArray<double> Values, ObservationState State, double EndedAt, int Steps);
