using System.Globalization;
using Nola.Core.Experiments;
using Nola.Search;
using Nola.Search.Samplers;

namespace Nola.Grains.Experiments;

/// <summary>Finds what would keep an experiment from ever running. Clients check more, and with line numbers; this guards the engine.</summary>
internal static class SubmissionCheck
{
    /// <summary>What is wrong with the spec, one sentence each; empty when it can run.</summary>
    public static IReadOnlyList<string> Problems(ExperimentSpec spec, string experiment, Func<StudySpec, IPruner?> createPruner)
    {
        var problems = new List<string>();
        if (spec.Methods.IsDefaultOrEmpty)
            problems.Add("The experiment has no methods.");
        if (spec.Seeds.IsDefaultOrEmpty)
            problems.Add("The experiment has no seeds.");
        if (spec.TrialBudgets.IsDefaultOrEmpty)
            problems.Add("The experiment has no per-trial budget; one without caps is the default.");
        if (spec.Parallelism is < 1)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"The parallelism is {spec.Parallelism}; it must be at least 1."));
        if (spec.Priority is < 1 or > 100)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"The priority is {spec.Priority}; it must be from 1 to 100."));
        if (problems.Count > 0)
            return problems;
        foreach (var study in Matrix.Expand(spec, experiment).DistinctBy(study => study.Search))
        {
            try
            {
                _ = SamplerFactory.Create(study.Search).Size;
                createPruner(study);
            }
            catch (OverflowException)
            {
                problems.Add("The grid of the search has more combinations than can be counted.");
            }
            catch (ArgumentException fault)
            {
                problems.Add(fault.ParamName is null ? fault.Message : fault.Message.Replace($" (Parameter '{fault.ParamName}')", ""));
            }
        }

        return problems;
    }
}
