using System.Text;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Sections;
using Nola.Core.Experiments;
using Nola.Data.Catalogue;

namespace Nola.Client.Specs;

/// <summary>The reference page of spec files, made from the keys that the reader knows.</summary>
public static class SpecReference
{
    private const string Introduction =
        """
        # Spec files

        One YAML file describes one experiment. `nola validate FILE` reports everything that is wrong with it, each with file, line, column, the value, the
        rule and a remedy; nothing runs before all of it is right. `nola schema > nola.schema.json` writes a JSON Schema for editors: with the YAML language
        server, `# yaml-language-server: $schema=nola.schema.json` as the first line of a spec completes keys and shows what they mean.

        ```yaml
        name: clinical-peft
        task: sequence-classification
        models: [nola-mini, { id: bert, path: ./models/bert-base }]
        datasets: [{ id: triage, train: data/train.csv, test: data/test.csv, text: dialogue, label: section_header }]
        methods: [full, ia3, { lora: { rank: 16, dropout: 0.3, learningRate: 1e-3 } }]
        seeds: [0, 1, 2]
        budget:
          perTrial: { time: 2000s }
          samplesPerClass: [8, 64, 512]    # a list is an axis of the matrix
          total: { deviceTime: 40h }
        ```

        **Axes.** `models`, `datasets`, `methods`, `budget.samplesPerClass` and every key of `budget.perTrial` take one value or a list. The experiment has one
        study for each combination, and each study runs once per seed, or searches over `search.space`.

        **Quantities** are written as people write them. Durations: `250ms`, `2000s`, `90m`, `1h30m`, `2d`. Memory: `512 MiB`, `8 GiB`, `16 GB`. Counts: `500`,
        `10k`, `20M`. Money: `120 GBP`. **Paths** are relative to the spec file. Anchors and aliases of YAML work.


        """;

    /// <summary>The page as Markdown.</summary>
    public static string Print()
    {
        var page = new StringBuilder(Introduction.Replace("\r", "", StringComparison.Ordinal));
        foreach (var section in SpecKeys.Root.WithParts())
            Write(page, section);
        page.Append("## Tasks\n\n| task | metrics | objective |\n|---|---|---|\n");
        foreach (var task in TaskCatalogue.All.Values)
            page.Append($"| `{task.Name}` | {(task.Metrics.IsEmpty ? "what the program reports" : string.Join(", ", task.Metrics.Select(metric => $"`{metric}`")))} | {(task.Objective is { } objective ? $"{objective.Direction.ToString().ToLowerInvariant()} `{objective.Metric}`" : "the spec's")} |\n");
        page.Append("\n## Parameters of a search\n\n| parameter | range | meaning |\n|---|---|---|\n");
        foreach (var parameter in ParameterCatalogue.All)
            page.Append($"| `{parameter.Name}` | {(parameter.IsInteger ? "integers" : "numbers")}, {Values.Text(parameter.Low)} to {Values.Text(parameter.High)} | {parameter.Summary} |\n");
        page.Append("\nThe tasks `function` and `command` take parameters of any name and range instead.\n\n## Built-in names\n\n| name | what it is |\n|---|---|\n");
        foreach (var model in ModelCatalogue.All)
            page.Append($"| model `{model.Name}` | {model.Summary} |\n");
        foreach (var dataset in BuiltInDatasets.All)
            page.Append($"| dataset `{dataset.Name}` | {dataset.Summary} |\n");
        foreach (var dataset in DataCatalogue.All)
            page.Append($"| dataset `{dataset.Name}`, after `nola data pull {dataset.Name}` | {dataset.Summary} {dataset.Licence}. |\n");
        return page.ToString();
    }

    private static void Write(StringBuilder page, Section section)
    {
        page.Append(section.Name.Length == 0 ? "## The file\n\n" : $"### `{section.Name}`\n\n").Append(section.Summary).Append("\n\n");
        page.Append("| key | value | default | meaning |\n|---|---|---|---|\n");
        var inherited = section.Keys.Where(key => TrainingSection.Overrides.Any(own => ReferenceEquals(own, key))).ToArray();
        var isMethod = section != TrainingSection.Section && inherited.Length > 1;
        foreach (var key in section.Keys.Where(key => !(isMethod && inherited.Contains(key, ReferenceEqualityComparer.Instance))))
            page.Append($"| `{key.Name}` | {Value(key.Form)} | {(key.IsRequired ? "**required**" : key.Default ?? "")} | {key.Summary} |\n");
        if (isMethod)
            page.Append($"\nAnd the keys of `training`{(inherited.Length < TrainingSection.Keys.Length ? " but its dropout" : "")}, for this method alone; default: the experiment's.\n");
        page.Append('\n');
    }

    // A section that stands alone is linked; what a form says otherwise is its words.
    private static string Value(Form form) =>
        form.Sections.ToArray() is [var section] && form.Words.StartsWith("a map with the keys", StringComparison.Ordinal)
            ? $"map, see `{section.Name}`"
            : form.Words.Replace("|", "\\|", StringComparison.Ordinal);
}
