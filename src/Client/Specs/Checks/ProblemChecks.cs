using Nola.Client.Specs.Sections;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;

namespace Nola.Client.Specs.Checks;

/// <summary>Reads the problems of datasets as the trials will.</summary>
internal static class ProblemChecks
{
    /// <summary>
    /// The programs that are run to judge the trials of a spec. Adds what is wrong with the files, and says so when a task can do nothing with any of a file's
    /// problems.
    /// </summary>
    public static ProgramKinds Read(SpecDraft spec, Problems problems)
    {
        var programs = ProgramKinds.None;
        if (spec.Task is { Runner: RunnerKinds.Reasoning } task)
            foreach (var dataset in spec.Datasets.Where(dataset => dataset.IsReadable))
                foreach (var file in dataset.Spec.Train.Concat(dataset.Spec.Test))
                    if (Read(file, dataset, task, spec.Methods, problems) is var needed && needed > programs)
                        programs = needed;
        return programs;
    }

    private static ProgramKinds Read(string file, DatasetDraft dataset, TaskKind task, ImmutableArray<MethodDraft> methods, Problems problems)
    {
        var programs = ProgramKinds.None;
        try
        {
            var all = ProblemFile.Read(file);
            foreach (var method in methods.Where(method => method.Spec is PromptingMethod prompting && task.Styles.Contains(prompting.Style)))
            {
                var asked = ReasoningTasks.Create(task.Name, ((PromptingMethod)method.Spec).Style);
                var fit = all.Where(problem => asked.Unfit(problem) is null).ToArray();
                if (fit.Length == 0)
                    problems.Add(dataset.TestAt, $"{Path.GetFileName(file)} has no problem for the task {task.Name} with the method {method.Spec.Id}", $"of the first: {asked.Unfit(all[0])}");
                else if (asked.NeedsSandbox && programs != ProgramKinds.PythonAndJava)
                    programs = fit.Any(problem => problem.Language == ProgramLanguage.Java) ? ProgramKinds.PythonAndJava : ProgramKinds.Python;
            }
        }
        catch (ProblemException fault)
        {
            problems.AddForeign(dataset.TrainAt, fault.File, fault.Line ?? 0, fault.Rule);
        }

        return programs;
    }
}
