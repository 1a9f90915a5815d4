using Nola.Client.Specs.Sections;
using Nola.Client.Studies.Optuna;
using Nola.Core.Experiments;
using Nola.Core.Searching;
using Nola.Search.Spaces;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether the journals that a search is to learn from can be read and fit it.</summary>
internal static class JournalChecks
{
    private const int MostTrials = 10_000;

    /// <summary>The trials of all journals that lie within the space of the spec's search, oldest first; adds what is wrong to the problems.</summary>
    public static ImmutableArray<KnownTrial> Read(SpecDraft spec, Problems problems) =>
        spec.Search is { } search ? [.. search.Journals.SelectMany(journal => Read(journal, spec, search, problems)).TakeLast(MostTrials)] : [];

    private static IEnumerable<KnownTrial> Read(JournalDraft journal, SpecDraft spec, SearchDraft search, Problems problems)
    {
        if (Find(journal, problems) is not { } study || !FitsObjective(journal, study, spec, problems) || !HasNames(journal, study, search, problems))
            return [];
        var ended = study.Trials.Where(trial => trial.State == OptunaState.Pruned || trial is { State: OptunaState.Complete, Values: [var value] } && double.IsFinite(value)).ToArray();
        var names = journal.Names.ToDictionary(name => name.Here, name => name.There);
        var space = search.Parameters.Select(item => item.Parameter).ToArray();
        var at = journal.Study?.At ?? journal.File.At;
        if (ended.Length == 0)
        {
            problems.Add(at, $"no trial of the study '{study.Name}' has ended with a value");
            return [];
        }

        var before = problems.Count;
        foreach (var parameter in space)
        {
            var there = names.GetValueOrDefault(parameter.Name, parameter.Name);
            var values = ended.Where(trial => trial.Parameters.ContainsKey(there)).Select(trial => trial.Parameters[there]).ToArray();
            if (values.Length == 0)
                problems.Add(at, $"no finished trial of the study '{study.Name}' has the parameter '{there}'", $"it has {string.Join(", ", ParametersOf(study))}; where one is named otherwise there, write names: {{ lr: {parameter.Name} }}");
            else if (values.All(value => Fit(parameter.Values, value) is null))
                problems.Add(at, $"'{there}' of the study '{study.Name}' has none of the values of {parameter.Name} under space; the first one is {values[0]?.ToString() ?? "None"}", "widen the space, or leave the journal out");
        }

        if (problems.Count > before)
            return [];
        var known = ended.Select(trial => Known(trial, space, names)).OfType<KnownTrial>().ToArray();
        if (known.Length == 0)
            problems.Add(at, $"no finished trial of the study '{study.Name}' has all its parameters within space", "widen the space, or leave the journal out");
        return known;
    }

    private static JournalStudy? Find(JournalDraft journal, Problems problems)
    {
        try
        {
            var studies = JournalReader.Read(journal.File.Full);
            if (journal.Study is not { } named)
            {
                if (studies.Count == 1)
                    return studies[0];
                problems.Add(journal.File.At, $"the journal '{journal.File.Typed}' has {(studies.Count == 0 ? "no study" : $"{studies.Count} studies")}", studies.Count == 0 ? null : $"name one: study: {string.Join(", or ", studies.Select(study => study.Name))}");
                return null;
            }

            var found = studies.FirstOrDefault(study => study.Name == named.Text);
            if (found is null)
                problems.Add(named.At, $"the journal '{journal.File.Typed}' has no study '{named.Text}'", Suggestions.Remedy(named.Text, [.. studies.Select(study => study.Name)], "there are"));
            return found;
        }
        catch (JournalException fault)
        {
            problems.AddForeign(journal.File.At, journal.File.Typed, fault.Line, fault.Message, fault.Remedy);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problems.Add(journal.File.At, File.Exists(journal.File.Full) ? $"the journal '{journal.File.Typed}' cannot be read: {fault.Message}" : $"there is no file '{journal.File.Typed}'");
        }

        return null;
    }

    private static bool FitsObjective(JournalDraft journal, JournalStudy study, SpecDraft spec, Problems problems)
    {
        if (spec.Task is not { } task || (spec.Objective?.Complete(task) ?? task.Objective) is not { } objective)
            return false;
        var at = journal.Study?.At ?? journal.File.At;
        var before = problems.Count;
        if (study.Directions.Length > 1)
            problems.Add(at, $"the study '{study.Name}' has {study.Directions.Length} objectives, but a search can learn from one only");
        else if (study.Directions[0] != (objective.Direction == Direction.Maximize ? OptunaDirection.Maximize : OptunaDirection.Minimize))
            problems.Add(at, $"the study '{study.Name}' is to {study.Directions[0].ToString().ToLowerInvariant()} its objective, but this experiment is to {objective.Direction.ToString().ToLowerInvariant()} {objective.Metric}", "the values of one say nothing about the other");
        return problems.Count == before;
    }

    private static bool HasNames(JournalDraft journal, JournalStudy study, SearchDraft search, Problems problems)
    {
        var before = problems.Count;
        foreach (var name in journal.Names)
        {
            if (!ParametersOf(study).Contains(name.There))
                problems.Add(name.ThereAt, $"the study '{study.Name}' has no parameter '{name.There}'", Suggestions.Remedy(name.There, [.. ParametersOf(study)], "it has"));
            if (search.Parameters.All(item => item.Parameter.Name != name.Here))
                problems.Add(name.HereAt, $"the parameter '{name.Here}' is not searched", Suggestions.Remedy(name.Here, [.. search.Parameters.Select(item => item.Parameter.Name)]));
        }

        foreach (var twice in journal.Names.GroupBy(name => name.Here).Where(group => group.Count() > 1))
            problems.Add(twice.Last().HereAt, $"names has two parameters for '{twice.Key}'", "remove one");
        return problems.Count == before;
    }

    // Null when one of its values lies outside the space, or it lacks a parameter that exists beside the others.
    private static KnownTrial? Known(JournalTrial trial, SearchParameter[] space, Dictionary<string, string> names)
    {
        var point = ImmutableSortedDictionary<string, ParameterValue>.Empty;
        // Conditions may ask for parameters that stand further down.
        for (var depth = 0; depth < space.Length; depth++)
        {
            foreach (var parameter in space.Where(parameter => !point.ContainsKey(parameter.Name) && (parameter.When is not { } when || point.TryGetValue(when.Parameter, out var above) && when.Values.Contains(above))))
            {
                if (!trial.Parameters.TryGetValue(names.GetValueOrDefault(parameter.Name, parameter.Name), out var value) || Fit(parameter.Values, value) is not { } own)
                    return null;
                point = point.Add(parameter.Name, own);
            }
        }

        var (lastStep, last) = trial.Reports.LastOrDefault();
        return trial.State == OptunaState.Pruned
            ? new() { Parameters = point, IsPruned = true, LastStep = lastStep, Value = trial.Reports.Count > 0 && double.IsFinite(last) ? last : null }
            : new() { Parameters = point, Value = trial.Values[0], LastStep = lastStep };
    }

    // The value of a distribution that equals the given one, which Optuna may have as 0.30000000000000004; null when there is none.
    private static ParameterValue? Fit(Distribution values, ParameterValue? value) => (values, value) switch
    {
        (_, null) => null,
        (Choices choices, { } own) => choices.Values.Where(choice => choice == own || choice.IsNumeric && own.IsNumeric && Math.Abs(choice.AsNumber() - own.AsNumber()) <= 1e-9 * Math.Abs(own.AsNumber())).Select(choice => (ParameterValue?)choice).FirstOrDefault(),
        (_, { } own) => Domain.Contains(values, own) ? Domain.Same(values, own) : (ParameterValue?)null,
    };

    private static IEnumerable<string> ParametersOf(JournalStudy study) => study.Trials.SelectMany(trial => trial.Parameters.Keys).Distinct().Order(StringComparer.Ordinal);
}
