using System.Globalization;
using Nola.Client.Commands;
using Nola.Client.Specs;
using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Trials;

namespace Nola.Client.Studies;

/// <summary>Reads studies of an experiment from the engine.</summary>
internal static class StudyReader
{
    private const int MostNames = 20;
    private const int PageSize = 200;

    /// <summary>The study of that number or name; all of them without one.</summary>
    public static async Task<ImmutableArray<StudyRecord>> Read(IExperimentGrain experiment, string? study)
    {
        var spec = (await experiment.GetSpec())!;
        var status = (await experiment.GetStatus())!;
        var all = Matrix.Expand(spec, status.Id);
        var chosen = study is null ? all : [Find(all, study, status.Id)];
        var records = ImmutableArray.CreateBuilder<StudyRecord>();
        foreach (var one in chosen)
        {
            var finished = await AllTrials(experiment, one.Index);
            records.Add(new()
            {
                Spec = one,
                Title = all.Length == 1 ? status.Id : $"{status.Id} / {one.Name}",
                Trials = [.. finished.OrderBy(trial => trial.Id.Number)],
                // One that has ended since the status was read is no longer in flight.
                Running = [.. status.Running.Where(trial => trial.Id.Study == one.Index).ExceptBy(finished.Select(trial => trial.Id), trial => trial.Id).OrderBy(trial => trial.Id.Number)],
            });
        }

        return records.ToImmutable();
    }

    /// <summary>One study; the only one where none is named.</summary>
    public static async Task<StudyRecord> ReadOne(IExperimentGrain experiment, string? study)
    {
        if (study is null && (await experiment.GetStatus())! is { Studies: { Length: > 1 } all } status)
            throw new UserException($"{status.Id} has {all.Length} studies; name one behind it: {Names(all.Select(one => (one.Index, one.Name)))}.", ExitCodes.Usage);
        return (await Read(experiment, study))[0];
    }

    /// <summary>All finished trials of a study in the order of their ends.</summary>
    public static async Task<IReadOnlyList<TrialRecord>> AllTrials(IExperimentGrain experiment, int study)
    {
        var trials = new List<TrialRecord>();
        while (await experiment.GetTrials(study, trials.Count, PageSize) is { IsEmpty: false } page)
            trials.AddRange(page);
        return trials;
    }

    private static StudySpec Find(ImmutableArray<StudySpec> all, string study, string experiment)
    {
        var found = int.TryParse(study, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? all.FirstOrDefault(one => one.Index == number)
            : all.FirstOrDefault(one => one.Name == study);
        if (found is not null)
            return found;
        var near = Suggestions.Nearest(study, all.Select(one => one.Name));
        throw new UserException(
            $"{experiment} has no study '{study}'; {(near is null ? $"there {(all.Length == 1 ? "is" : "are")} {Names(all.Select(one => (one.Index, one.Name)))}" : $"did you mean '{near}'?")}{(near is null ? "." : "")}", ExitCodes.Usage);
    }

    private static string Names(IEnumerable<(int Index, string Name)> studies)
    {
        var all = studies.ToArray();
        return string.Join(", ", all.Take(MostNames).Select(study => string.Create(CultureInfo.InvariantCulture, $"{study.Index} ({study.Name})"))) + (all.Length > MostNames ? ", …" : "");
    }
}
