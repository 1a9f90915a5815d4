using Nola.Contracts;
using Nola.Core.Experiments;
using Nola.Core.Searching;

namespace Nola.Grains.Studies;

/// <summary>Trials that were there before a study, of other experiments and of other programs, from which its search learns.</summary>
internal static class EarlierTrials
{
    /// <summary>Tells a search of them, in the same order every time: after a crash it hears them again.</summary>
    public static async Task Tell(StudySearch search, StudySpec study, IGrainFactory grains)
    {
        foreach (var experiment in study.Search?.WarmStart ?? [])
            await TellOf(grains.GetGrain<IExperimentGrain>(experiment), experiment, search, study);
        if (study.Search is { LearnsFromKnownTrials: true } and { Space: var space })
            await TellKnown(grains.GetGrain<IExperimentGrain>(study.Experiment), search, space);
    }

    // An experiment to learn from has ended, so that its trials stay the same.
    private static async Task TellOf(IExperimentGrain experiment, string name, StudySearch search, StudySpec study)
    {
        if (await experiment.GetSpec() is not { } spec || spec.Objective != study.Objective || Matrix.Expand(spec, name).FirstOrDefault(other => other.Name == study.Name) is not { } like)
            return;
        var skip = 0;
        while (await experiment.GetTrials(like.Index, skip, StudyPage.Size) is { IsEmpty: false } page)
        {
            foreach (var record in page)
                search.TellEarlier(record);
            skip += page.Length;
        }
    }

    // A study whose method lacks parameters of the search has nothing in common with the known trials.
    private static async Task TellKnown(IExperimentGrain experiment, StudySearch search, SearchSpace space)
    {
        if (await experiment.GetSpec() is not { Search: { } whole } spec || whole.Space.Parameters.Length > space.Parameters.Length)
            return;
        for (var index = 0; index < spec.KnownTrials.Length; index++)
            search.TellKnown(spec.KnownTrials[index], index - spec.KnownTrials.Length);
    }
}
