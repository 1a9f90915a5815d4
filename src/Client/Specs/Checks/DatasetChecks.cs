using System.Globalization;
using Nola.Client.Specs.Sections;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Core.Scoring;
using Nola.Data;

namespace Nola.Client.Specs.Checks;

/// <summary>Reads a dataset as the trials will, and looks at its columns, splits and labels.</summary>
internal static class DatasetChecks
{
    /// <summary>Adds what is wrong with the dataset.</summary>
    /// <param name="dataset">Its files exist.</param>
    /// <param name="task">What it is for; null when that is wrong, and then labels are not looked at.</param>
    /// <param name="problems">Where problems go.</param>
    public static void Check(DatasetDraft dataset, TaskKind? task, Problems problems)
    {
        var before = problems.Count;
        foreach (var file in dataset.Spec.Files)
            Attempt(dataset, problems, () => CheckColumns(file, dataset, task, problems));
        if (problems.Count == before)
            CheckSplits(dataset, task, problems);
    }

    // A fault of a data file is one of the spec's problems; the rest of the dataset is still looked at.
    private static void Attempt(DatasetDraft dataset, Problems problems, Action look)
    {
        try
        {
            look();
        }
        catch (DataException fault)
        {
            problems.AddForeign(dataset.TrainAt, fault.File, fault.Line ?? 0, fault.Message[(fault.Message.IndexOf(": ", fault.File.Length, StringComparison.Ordinal) + 2)..]);
        }
    }

    private static void CheckColumns(string file, DatasetDraft dataset, TaskKind? task, Problems problems)
    {
        var format = DatasetReader.FormatOf(file, dataset.Spec.Format);
        if (task is { LabelsWords: true })
        {
            if (format != DataFormat.Conll)
                problems.Add(dataset.FormatAt, $"{Path.GetFileName(file)} has no label for every word, which the task {task.Name} needs", "use conll: one word a line with its tag, blank line between sentences");
            return;
        }

        if (format is DataFormat.Text or DataFormat.Conll)
        {
            if (task is { NeedsLabels: true })
                problems.Add(dataset.FormatAt, $"{Path.GetFileName(file)} has no label column, which the task {task.Name} needs", "use csv, tsv or jsonl");
            return;
        }

        if ((format == DataFormat.JsonLines ? JsonLinesFile.Rows(file) : DelimitedFile.Rows(file, format == DataFormat.Tsv ? '\t' : ',')).FirstOrDefault() is not { } row)
            return;
        var columns = dataset.Spec.Columns;
        Look(columns.Text, "text", dataset.TextAt);
        if (columns.TextPair is { } pair)
            Look(pair, "textPair", dataset.TextPairAt);
        if (task is { NeedsLabels: true })
            Look(columns.Label, "label", dataset.LabelAt);
        if (columns.Split is { } split)
            Look(split, "split", dataset.SplitAt);

        void Look(string column, string key, Mark at)
        {
            if (row.Cells.ContainsKey(column))
                return;
            var names = row.Cells.Keys.ToArray();
            var near = Suggestions.Nearest(column, names) is { } name ? $"did you mean '{name}'? " : "";
            problems.Add(at, $"{Path.GetFileName(file)} has no column '{column}'", $"{near}set {key} to one of {string.Join(", ", names)}");
        }
    }

    private static void CheckSplits(DatasetDraft dataset, TaskKind? task, Problems problems)
    {
        var needsLabels = task is { NeedsLabels: true };
        var before = problems.Count;
        var (train, validation, test) = (Read(Split.Train), Read(Split.Validation), Read(Split.Test));
        if (problems.Count > before)
            return;
        var column = dataset.Spec.Columns.Split;
        CheckSize(train, "training", isNeeded: true, column is null ? dataset.TrainAt : dataset.SplitAt);
        CheckSize(validation, "validation", dataset.Spec.Validation.Length > 0 && column is null, dataset.ValidationAt);
        CheckSize(test, "test", dataset.Spec.Test.Length > 0 || column is not null, column is null ? dataset.TestAt : dataset.SplitAt);
        if (!needsLabels || train.Count == 0)
            return;
        var known = train.SelectMany(ClassesOf).ToHashSet();
        if (task is { LabelsWords: true } && known.Count == 0)
            problems.Add(dataset.LabelAt, $"no word of the training split of {dataset.Spec.Id} has another tag than O", "set label to the number of the tags' column");
        else if (task is { LabelsWords: false } && known.Count == 1)
            problems.Add(dataset.LabelAt, $"every row of the training split of {dataset.Spec.Id} has the label '{known.First()}'", "a classification needs two classes");
        CheckLabels(validation, "validation", dataset.ValidationAt);
        CheckLabels(test, "test", dataset.TestAt);
        if (task is { MarksEntities: true })
            foreach (var (rows, name) in new[] { (train, "training"), (validation, "validation"), (test, "test") })
                CheckMarks(rows, name);

        List<Example> Read(Split split)
        {
            List<Example> rows = [];
            Attempt(dataset, problems, () => rows = DatasetReader.Read(dataset.Spec, split, needsLabels));
            return rows;
        }

        void CheckSize(List<Example> rows, string name, bool isNeeded, Mark at)
        {
            if (rows.Count == 0 && isNeeded)
                problems.Add(at, $"the {name} split of {dataset.Spec.Id} is empty", column is null ? null : $"the rows of a split are those with train, validation or test in the column '{column}'");
        }

        void CheckMarks(List<Example> rows, string name)
        {
            var markers = dataset.Spec.Markers;
            if (rows.Where(example => markers.Find(example.Text) is null).ToArray() is [var first, ..] unmarked)
                problems.Add(
                    dataset.MarkersAt,
                    string.Create(CultureInfo.InvariantCulture, $"the {name} split of {dataset.Spec.Id} has {unmarked.Length} of {rows.Count} texts in which the entities are not marked as {markers.FirstOpen} … {markers.FirstClose} and {markers.SecondOpen} … {markers.SecondClose}, the first one: '{Beginning(first.Text)}'"),
                    "set markers to the four marks of the texts");
        }

        static string Beginning(string text) => text.Length <= 60 ? text : text[..60] + "…";

        // Of words the types of entities count: that one begins or goes on is not always seen in both splits.
        IEnumerable<string> ClassesOf(Example example) => task is { LabelsWords: true }
            ? example.Tags!.Select(EntityTags.TypeOf).Where(type => type.Length > 0).Distinct()
            : [example.Label!];

        void CheckLabels(List<Example> rows, string name, Mark at)
        {
            foreach (var stranger in rows.SelectMany(ClassesOf).GroupBy(label => label).Where(group => !known.Contains(group.Key)).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                var count = stranger.Count() == 1 ? "a row" : string.Create(CultureInfo.InvariantCulture, $"{stranger.Count()} rows");
                var near = Suggestions.Nearest(stranger.Key, known.Order(StringComparer.Ordinal));
                problems.Add(
                    at,
                    $"the {name} split of {dataset.Spec.Id} has the {(task is { LabelsWords: true } ? "type of entities" : "label")} '{stranger.Key}' ({count}), which the training split lacks",
                    near is null ? "remove the rows, or add the class to the training split" : $"did you mean '{near}'?");
            }
        }
    }
}
