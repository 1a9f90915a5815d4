using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Sections;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Checks;

/// <summary>The rules between the sections of a spec.</summary>
internal static class SpecChecks
{
    /// <summary>Adds everything that is wrong between the sections, and in the datasets' files.</summary>
    public static void Check(SpecDraft spec, ReadContext context)
    {
        var problems = context.Problems;
        if (spec.Task is { } task)
        {
            CheckTask(spec, task, problems);
            if (spec.Objective is { } objective && !task.Metrics.IsEmpty && !task.Metrics.Contains(objective.Metric))
                problems.Add(objective.At, $"the task {task.Name} has no metric '{objective.Metric}'", Suggestions.Remedy(objective.Metric, task.Metrics, "it measures"));
            BudgetChecks.CheckTask(spec, task, problems);
        }

        ObjectiveChecks.Check(spec, problems);
        ConstraintChecks.Check(spec, problems);
        if (spec.Task is not { Runner: RunnerKinds.Reasoning })
            foreach (var whole in spec.Datasets.Select(dataset => dataset.Unsplit).OfType<PlacedPath>())
                problems.Add(whole.At, $"'{whole.Typed}' is one file, but no column tells its splits", "name the column as split, or write train and test");
        if (spec.Task is { Runner: RunnerKinds.Command })
            CommandChecks.Check(spec, problems);
        if (spec.Task is { Runner: RunnerKinds.Function })
            FunctionChecks.Check(spec, problems);
        LayerChecks.Check(spec, problems);
        TrainingChecks.Check(spec, problems);
        BudgetChecks.Check(spec, problems);
        if (spec.Search is not null)
            SearchChecks.Check(spec, spec.Search, problems);
        if (context.Settings.ReadsData && spec.Task is not { NeedsDataset: false } and not { Runner: RunnerKinds.Reasoning })
            foreach (var dataset in spec.Datasets.Where(dataset => dataset.IsReadable && dataset.Unsplit is null))
                DatasetChecks.Check(dataset, spec.Task, problems);
    }

    private static void CheckTask(SpecDraft spec, TaskKind task, Problems problems)
    {
        if (task.NeedsModel && !spec.HasModels)
            problems.Add(spec.Fields.At, "the spec lacks the key 'models'", $"the task {task.Name} needs at least one model");
        if (!task.NeedsModel && spec.HasModels)
            problems.Add(spec.ModelsAt, $"the task {task.Name} uses no model", "remove models");
        if (task.NeedsDataset && !spec.HasDatasets)
            problems.Add(spec.Fields.At, "the spec lacks the key 'datasets'", $"the task {task.Name} needs at least one dataset");
        if (!task.NeedsDataset && spec.HasDatasets)
            problems.Add(spec.DatasetsAt, $"the task {task.Name} uses no dataset", "remove datasets");
        foreach (var model in spec.Models)
            if (task.NeedsModel && model.Shape is { } shape && !shape.Type.Tasks.Contains(task.Name))
                problems.Add(model.At, $"the model {model.Spec.Id} is a {shape.Type.Name}, which does not serve the task {task.Name}", $"its tasks are {string.Join(", ", shape.Type.Tasks)}");
        if (task.NeedsModel)
            foreach (var model in spec.Models.Where(model => model.Spec is EndpointModel != (task.Runner == RunnerKinds.Reasoning)))
                problems.Add(model.At, $"the model {model.Spec.Id} does not fit the task {task.Name}", model.Spec is EndpointModel ? "write path for a model that is trained here" : "write endpoint: openai with a url, endpoint: local with a path, or endpoint: replay with answers");
        foreach (var dataset in spec.Datasets)
            if (!task.MeasuresOtherTexts && !dataset.Spec.AlsoEvaluate.IsEmpty)
                problems.Add(dataset.AlsoEvaluateAt, $"the task {task.Name} measures no other texts", "remove alsoEvaluate");
        foreach (var method in spec.Methods)
        {
            var (fits, remedy) = task.Runner switch
            {
                RunnerKinds.Function => (method.Spec is FunctionMethod, "its method is function"),
                RunnerKinds.Command => (method.Spec is CommandMethod, "its method is command"),
                RunnerKinds.Reasoning => (method.Spec is PromptingMethod { Style: var style } && task.Styles.Contains(style), $"its methods are {string.Join(", ", task.Styles)}"),
                _ => (method.Spec is not (FunctionMethod or PromptingMethod or CommandMethod), $"its methods are {string.Join(", ", MethodsSection.Training)}"),
            };
            if (!fits)
                problems.Add(method.At, $"the method {method.Spec.Id} does not fit the task {task.Name}", remedy);
            if (method.Spec is HeadMethod && task is { Runner: RunnerKinds.Training, NeedsLabels: false })
                problems.Add(method.At, $"the task {task.Name} has no output head that {method.Spec.Id} could train", "use full, lora or another method");
        }
    }
}
