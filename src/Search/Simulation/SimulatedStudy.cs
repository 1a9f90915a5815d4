using Nola.Core.Experiments;
using Nola.Core.Functions;
using Nola.Core.Searching;
using Nola.Search.Pruners;
using Nola.Search.Samplers;

namespace Nola.Search.Simulation;

/// <summary>A study of a function whose workers and whose time are simulated: what a sampler and a pruner find, without an engine.</summary>
/// <remarks>
/// Every worker begins its next trial, or goes on with one that a pruner wants to, when its last one has ended or pauses; the sampler knows which trials run. All trials are equally fast, and a whole trial
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
        var paused = new SortedDictionary<int, Running>();
        var steps = new PriorityQueue<Running, (double At, int Number)>();
        var begun = 0;
        for (var worker = 0; worker < Parallelism; worker++)
            Begin(0);
        while (steps.TryDequeue(out var trial, out var now))
        {
            trial.Step++;
            var (state, isPaused) = StateAfter(trial, pruner);
            if (isPaused)
            {
                paused[trial.Number] = trial;
                Begin(now.At);
            }
            else if (state is null)
            {
                GoOn(trial, now.At);
            }
            else
            {
                yield return End(trial, state.Value, now.At);
                Begin(now.At);
            }

            // Nothing runs any more, and nothing paused is to go on.
            if (steps.Count == 0)
                foreach (var left in paused.Values.ToArray())
                    yield return End(left, ObservationState.Pruned, now.At);
        }

        SimulatedTrial End(Running trial, ObservationState state, double at)
        {
            running.Remove(trial);
            paused.Remove(trial.Number);
            pruner?.End(trial.Number, state);
            sampler.Update(new(trial.Number, trial.Parameters, state == ObservationState.Failed ? null : trial.Values[0], state, trial.Step)
            {
                Objectives = state == ObservationState.Completed && function.Objectives > 1 ? trial.Values : [],
            });
            return new(trial.Number, trial.Parameters, trial.Values, state, at, trial.Step);
        }

        // A trial that was paused is as old as its steps.
        void GoOn(Running trial, double at)
        {
            if (trial.Step == 0 || paused.Remove(trial.Number))
                trial.BeganAt = at - trial.Step * trial.StepTime;
            steps.Enqueue(trial, (trial.BeganAt + (trial.Step + 1) * trial.StepTime, trial.Number));
        }

        void Begin(double at)
        {
            if (pruner is IPausingPruner pausing && pausing.Promotable(paused.ContainsKey).Select(number => paused[number]).FirstOrDefault() is { } promoted)
            {
                GoOn(promoted, at);
                return;
            }

            if (begun >= search.Trials || sampler.Suggest(begun, [.. running.Select(other => new PendingSuggestion(other.Number, other.Parameters))]) is not { } point)
                return;
            var trial = new Running(begun, point, new(Method, function.Values(point), 0, begun, search.Seed));
            begun++;
            running.Add(trial);
            GoOn(trial, at);
        }
    }

    // The state is null when it goes on.
    private static (ObservationState? State, bool IsPaused) StateAfter(Running trial, IPruner? pruner)
    {
        var course = trial.Course;
        if (course.FailsAt == trial.Step)
            return (ObservationState.Failed, false);
        if (!course.IsFinite)
            return (ObservationState.Diverged, false);
        var decision = trial.Step <= course.Steps ? pruner?.Report(trial.Number, trial.Step, trial.Values[0]) : null;
        return decision == PruneDecision.Prune ? (ObservationState.Pruned, false)
            : trial.Step >= course.Steps ? (ObservationState.Completed, false)
            : (null, decision == PruneDecision.Pause);
    }

    private sealed class Running(int number, ImmutableSortedDictionary<string, ParameterValue> parameters, TrialCourse course)
    {
        public int Number => number;
        public ImmutableSortedDictionary<string, ParameterValue> Parameters => parameters;
        public TrialCourse Course => course;
        public double BeganAt { get; set; }
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
