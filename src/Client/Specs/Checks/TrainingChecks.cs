using System.Globalization;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether the training settings fit each other and the task: the experiment's, and each method's with the experiment's under them.</summary>
internal static class TrainingChecks
{
    public static void Check(SpecDraft spec, Problems problems)
    {
        var common = (spec.Training?.Settings ?? new()).ApplyTo(new());
        if (spec.Training is { } placed)
            Check(placed.Settings, common, spec.Task, key => placed.Fields.Marks.FirstOrDefault(item => item.Key.Name == key) is { Key: not null } found ? found.Value : placed.Fields.At, problems);
        foreach (var method in spec.Methods)
            Check(method.Spec.Training, method.Spec.Training.ApplyTo(common), spec.Task, method.MarkOf, problems);
    }

    // Only what the section itself sets is its problem.
    private static void Check(TrainingOverrides own, TrainingSettings settings, TaskKind? task, Func<string, Mark> markOf, Problems problems)
    {
        if ((own.WindowStride ?? own.MaxLength) is not null && settings.WindowStride is { } stride && stride >= settings.MaxLength)
            problems.Add(markOf(own.WindowStride is null ? "maxLength" : "windowStride"), Text($"windowStride is {stride}, but must be below maxLength, which is {settings.MaxLength}, or text between the windows is lost"), Text($"half of maxLength, {settings.MaxLength / 2}, is usual"));
        if ((own.AccumulationSteps ?? own.BatchSize) is not null && settings.AccumulationSteps > settings.BatchSize)
            problems.Add(markOf(own.AccumulationSteps is null ? "batchSize" : "accumulationSteps"), Text($"accumulationSteps is {settings.AccumulationSteps}, but a batch of {settings.BatchSize} has no more than {settings.BatchSize} parts"));
        if (task is null or { Runner: not RunnerKinds.Training })
            return;
        foreach (var key in new[] { own.ClassWeights is null ? null : "classWeights", own.WindowStride is null ? null : "windowStride" }.OfType<string>())
            if (task.Name is not ("sequence-classification" or "relation-classification"))
                problems.Add(markOf(key), $"the task {task.Name} has no use for {key}", "remove it");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
