using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Core.Trials;
using Nola.Search;
using Nola.Search.Samplers;

namespace Nola.Grains.Studies;

/// <summary>What a study asks its sampler and its pruner, and tells them.</summary>
/// <remarks>
/// A sampler hears the mean over a suggestion's seeds when all have ended; a pruner hears every measurement. To both, smaller is better. Their
/// memory is not stored: after a crash they hear again what the pages and the trials in flight hold.
/// </remarks>
internal sealed class StudySearch(StudySpec spec, StudyState state, IPruner? pruner)
{
    private readonly ISampler sampler = SamplerFactory.Create(spec.Search);
    private readonly ImmutableArray<Objective> besides = spec.Search?.Besides ?? [];
    private readonly long? planned = SamplerFactory.Planned(spec.Search);
    private readonly Dictionary<int, (long Step, PruneDecision Decision)> heard = [];

    /// <summary>Whether finished trials teach it something, so that they must be told again after a crash.</summary>
    public bool Learns => pruner is not null || sampler.Learns;

    /// <summary>Whether measurements are to be told.</summary>
    public bool HasPruner => pruner is not null;

    /// <summary>Plans the next trial, or notes that there is none and returns null.</summary>
    public InFlightTrial? Next(DateTimeOffset now)
    {
        var number = state.Next / spec.Seeds.Length;
        state.FirstPlannedAt ??= now;
        if (now - state.FirstPlannedAt >= spec.Search?.Stop?.Time && state.Next % spec.Seeds.Length == 0)
        {
            state.IsExhausted = true;
            return null;
        }

        if (state.Next % spec.Seeds.Length == 0)
        {
            var parameters = sampler.Suggest(number, [.. state.Suggestions.Select(open => new PendingSuggestion(open.Number, open.Parameters))]);
            if (parameters is null)
            {
                state.IsExhausted = true;
                return null;
            }

            state.Suggestions.Add(new(number, parameters));
        }

        var trial = new InFlightTrial(state.Next++, now);
        state.InFlight.Add(trial);
        // Known at once where it can be, so that the next study may begin in the slots that become free.
        if (state.Next >= planned * spec.Seeds.Length)
            state.IsExhausted = true;
        return trial;
    }

    /// <summary>Parameters of a trial in flight.</summary>
    public ImmutableSortedDictionary<string, ParameterValue> ParametersOf(InFlightTrial trial) =>
        state.Suggestions.First(open => open.Number == trial.Number / spec.Seeds.Length).Parameters;

    /// <summary>Seed of a trial.</summary>
    public int SeedOf(InFlightTrial trial) => spec.Seeds[trial.Number % spec.Seeds.Length];

    /// <summary>Takes a measurement of a running trial. One that was heard before, or lies before one that was, teaches nothing.</summary>
    public PruneDecision Hear(int trial, Measurement measurement)
    {
        if (pruner is null || !measurement.Metrics.TryGetValue(spec.Objective.Metric, out var value))
            return PruneDecision.Continue;
        if (heard.TryGetValue(trial, out var last) && measurement.Step <= last.Step)
            return measurement.Step == last.Step ? last.Decision : PruneDecision.Continue;
        var decision = pruner.Report(trial, measurement.Step, Signed(value));
        heard[trial] = (measurement.Step, decision);
        return decision;
    }

    /// <summary>Paused trials that are a better use of a free slot than a new one, the most promising first.</summary>
    /// <param name="also">A running trial that counts as paused, too.</param>
    public IEnumerable<int> Promotable(int? also = null)
    {
        if (pruner is not IPausingPruner pausing || state.IsOutOfBudget)
            return [];
        var paused = state.Paused.Select(trial => trial.Number).Append(also ?? -1).ToHashSet();
        return pausing.Promotable(paused.Contains);
    }

    /// <summary>A trial goes on: the measurement at which it was paused does not pause it again.</summary>
    public void GoOn(int trial)
    {
        if (heard.TryGetValue(trial, out var last))
            heard[trial] = (last.Step, PruneDecision.Continue);
    }

    /// <summary>Takes the end of a trial.</summary>
    public void Tell(TrialRecord record)
    {
        EndMeasuring(record);
        var index = state.Suggestions.FindIndex(open => open.Number == record.Id.Number / spec.Seeds.Length);
        if (index < 0)
            return;
        var suggestion = Add(state.Suggestions[index], record);
        if (Complete(suggestion, record))
        {
            state.Suggestions.RemoveAt(index);
            if (spec.Search?.Stop is { } stop)
                Judge(stop, suggestion);
        }
        else
        {
            state.Suggestions[index] = suggestion;
        }
    }

    /// <summary>Takes a trial of an earlier experiment.</summary>
    public void TellEarlier(TrialRecord record)
    {
        var values = Merits.Of(record, besides);
        var value = ValueOf(record);
        if (values is not null || StateOf(record) != ObservationState.Completed)
            sampler.Update(new(-1 - record.Id.Number, record.Parameters, value is { } known ? Signed(known) : null, StateOf(record), LastStepOf(record))
            {
                Objectives = Vector(value is { } first ? Signed(first) : null, values),
                Violation = Constraint.ViolationOf(record, spec.Constraints),
            });
    }

    /// <summary>Takes a trial of another program.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="age">−1 for the newest, smaller for older ones.</param>
    public void TellKnown(KnownTrial trial, int age) => sampler.Update(new(
        age, trial.Parameters, trial.Value is { } value ? Signed(value) : null, trial.IsPruned ? ObservationState.Pruned : ObservationState.Completed, trial.LastStep));

    /// <summary>Takes again, after a crash, a trial whose end the stored state knows of.</summary>
    /// <param name="record">The finished trial.</param>
    /// <param name="partial">Suggestions some of whose seeds were taken again; begins empty.</param>
    public void TellAgain(TrialRecord record, Dictionary<int, OpenSuggestion> partial)
    {
        foreach (var measurement in record.Measurements)
            Hear(record.Id.Number, measurement);
        EndMeasuring(record);
        var number = record.Id.Number / spec.Seeds.Length;
        var suggestion = Add(partial.GetValueOrDefault(number) ?? new(number, record.Parameters), record);
        if (Complete(suggestion, record))
            partial.Remove(number);
        else
            partial[number] = suggestion;
    }

    // Whether the study has enough; kept in the stored state, so every suggestion is judged once.
    private void Judge(StopRule stop, OpenSuggestion suggestion)
    {
        var mean = suggestion is { Succeeded: > 0, Violation: 0 } ? suggestion.Sum / suggestion.Succeeded : double.NaN;
        if (state.BestMean is not { } best ? !double.IsNaN(mean) : mean < best - stop.LeastGain)
            (state.BestMean, state.SinceBest) = (mean, 0);
        else
            state.SinceBest++;
        if (state.BestMean <= Signed(stop.Target ?? double.NaN) || state.SinceBest >= stop.Plateau)
            state.IsExhausted = true;
    }

    private OpenSuggestion Add(OpenSuggestion suggestion, TrialRecord record)
    {
        suggestion = suggestion with { Ended = suggestion.Ended + 1, Violation = suggestion.Violation + Constraint.ViolationOf(record, spec.Constraints) };
        if (record.Result is not { Outcome: Completed or OutOfBudget, Objective: { } value } || Merits.Of(record, besides) is not { } others)
            return suggestion;
        return suggestion with
        {
            Succeeded = suggestion.Succeeded + 1,
            Sum = suggestion.Sum + Signed(value),
            Besides = besides.IsEmpty ? null : [.. others.Select((other, index) => other + (suggestion.Besides?[index] ?? 0))],
        };
    }

    private bool Complete(OpenSuggestion suggestion, TrialRecord last)
    {
        if (suggestion.Ended < spec.Seeds.Length)
            return false;
        var mean = suggestion.Succeeded > 0 ? suggestion.Sum / suggestion.Succeeded : (double?)null;
        var state = mean is not null ? ObservationState.Completed : StateOf(last);
        sampler.Update(new(
            suggestion.Number,
            suggestion.Parameters,
            mean ?? (ValueOf(last) is { } value ? Signed(value) : null),
            // It ended well, but one of several objectives is missing.
            mean is null && state == ObservationState.Completed && !besides.IsEmpty ? ObservationState.Failed : state,
            LastStepOf(last))
        {
            Objectives = Vector(mean, suggestion.Besides?.Select(sum => sum / suggestion.Succeeded)),
            Violation = suggestion.Violation,
        });
        return true;
    }

    // Empty in a study with one objective.
    private ImmutableArray<double> Vector(double? first, IEnumerable<double>? others) => besides.IsEmpty || first is null || others is null ? [] : [first.Value, .. others];

    private void EndMeasuring(TrialRecord record)
    {
        heard.Remove(record.Id.Number);
        pruner?.End(record.Id.Number, StateOf(record));
    }

    // Of a pruned trial what it measured last.
    private double? ValueOf(TrialRecord record) => record.Result.Outcome switch
    {
        Completed or OutOfBudget => record.Result.Objective,
        Pruned => record.Measurements.LastOrDefault()?.Metrics.TryGetValue(spec.Objective.Metric, out var value) == true ? value : null,
        _ => null,
    };

    private static long LastStepOf(TrialRecord record) => record.Measurements.LastOrDefault()?.Step ?? 0;

    private double Signed(double value) => spec.Objective.Signed(value);

    private static ObservationState StateOf(TrialRecord record) => record.Result.Outcome switch
    {
        Completed or OutOfBudget when record.Result.Objective is not null => ObservationState.Completed,
        Pruned => ObservationState.Pruned,
        Diverged => ObservationState.Diverged,
        _ => ObservationState.Failed,
    };
}
