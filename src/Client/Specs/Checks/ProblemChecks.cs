using Nola.Client.Specs.Sections;
using Nola.Core.Devices;
using Nola.Core.Experiments;
using Nola.Reasoning.Problems;
using Nola.Reasoning.Tasks;

namespace Nola.Client.Specs.Checks;

/// <summary>Reads the problems of a dataset as the trials will.</summary>
internal static class ProblemChecks
{
    /// <summary>Programs that are run to judge the trials of a spec in which nothing is wrong.</summary>
    public static ProgramKinds Programs(SpecDraft spec)
    {
        if (spec.Task is not { Runner: RunnerKinds.Reasoning } task)
            return ProgramKinds.None;
        var judging = spec.Methods.Select(method => ReasoningTasks.Create(task.Name, ((PromptingMethod)method.Spec).Style)).Where(asked => asked.NeedsSandbox).ToArray();
        if (judging.Length == 0)
            return ProgramKinds.None;
        var problems = spec.Datasets.SelectMany(dataset => dataset.Spec.Train.Concat(dataset.Spec.Test)).SelectMany(file => ProblemFile.Read(file));
        return problems.Any(problem => problem.Language == ProgramLanguage.Java && judging.Any(asked => asked.Unfit(problem) is null)) ? ProgramKinds.PythonAndJava : ProgramKinds.Python;
    }

    /// <summary>Adds what is wrong with the files, and says so when a task can do nothing with any of their problems.</summary>
    public static void Check(DatasetDraft dataset, TaskKind task, ImmutableArray<MethodDraft> methods, Problems problems)
    {
        foreach (var file in dataset.Spec.Train.Concat(dataset.Spec.Test))
        {
            try
            {
                var all = ProblemFile.Read(file);
                foreach (var method in methods.Where(method => method.Spec is PromptingMethod prompting && task.Styles.Contains(prompting.Style)))
                {
                    var asked = ReasoningTasks.Create(task.Name, ((PromptingMethod)method.Spec).Style);
                    if (all.All(problem => asked.Unfit(problem) is not null))
                        problems.Add(dataset.TestAt, $"{Path.GetFileName(file)} has no problem for the task {task.Name} with the method {method.Spec.Id}", $"of the first: {asked.Unfit(all[0])}");
                }
            }
            catch (ProblemException fault)
            {
                problems.AddForeign(dataset.TrainAt, fault.File, fault.Line ?? 0, fault.Rule);
            }
        }
    }
}
