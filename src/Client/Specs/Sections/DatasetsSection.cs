using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Data;
using Nola.Data.Catalogue;

namespace Nola.Client.Specs.Sections;

/// <summary>The datasets of the matrix: names of the catalogue or files.</summary>
internal static class DatasetsSection
{
    /// <summary>What people call the formats.</summary>
    public static readonly (string Name, DataFormat Format)[] Formats =
        [("csv", DataFormat.Csv), ("tsv", DataFormat.Tsv), ("jsonl", DataFormat.JsonLines), ("conll", DataFormat.Conll), ("text", DataFormat.Text)];

    private static readonly Key<string> Id = new("id", Values.Text(), "The name that reports show.", "the name of the path");
    private static readonly Key<PlacedPath> Whole = new("path", new PathForm("the path of a file or folder"), "One file with all splits, told apart by the column split; or a folder with train.*, validation.* (or dev.*) and test.*.");
    private static readonly Key<ImmutableArray<PlacedPath>> Train = Files("train", "Files of the training split.");
    private static readonly Key<ImmutableArray<PlacedPath>> Validation = Files("validation", "Files of the validation split.", "a tenth of the training split, stratified by label, by the trial's seed");
    private static readonly Key<ImmutableArray<PlacedPath>> Test = Files("test", "Files of the test split, on which the reported metrics are measured.", "none; reports then show the validation metrics");
    private static readonly Key<DataFormat> Format = new(
        "format",
        new ChoiceForm<DataFormat>("format", Formats),
        "How the files are written.",
        "told by the end of each file's name");
    private static readonly Key<string> Text = new("text", Values.Text("the name of a column"), "Column with the text; in CoNLL files the number of the words' column, from 1.", "text; in CoNLL files the first column");
    private static readonly Key<string> TextPair = new("textPair", Values.Text("the name of a column"), "Column with a second text, for pairs.", "none");
    private static readonly Key<string> Label = new("label", Values.Text("the name of a column"), "Column with the label; in CoNLL files the number of the tags' column, from 1.", "label; in CoNLL files the last column");
    private static readonly Key<string> SplitColumn = new("split", Values.Text("the name of a column"), "Column that tells each row's split: train, validation or test.", "none; splits are files");
    private static readonly Key<ImmutableArray<string>> Markers = new(
        "markers", new ManyForm<string>(Values.Text("a mark")), "For relation-classification: the marks before and behind the first entity, and those of the second one.", "<<, >>, [[, ]]");

    private static readonly Key<ImmutableArray<NamedFiles>> AlsoEvaluate = new(
        "alsoEvaluate", new NamedFilesForm(), "Other texts, each with a name, that causal-lm measures before and after training: perplexity-NAME-before and perplexity-NAME.", "none");

    private static readonly Section<DatasetDraft> Inline = new(
        "datasets[]", "A dataset in files; paths are relative to the spec file.", [Id, Whole, Train, Validation, Test, Format, Text, TextPair, Label, SplitColumn, Markers, AlsoEvaluate], Build);

    /// <summary>The value of <c>datasets</c>.</summary>
    public static Form<ImmutableArray<DatasetDraft>> Form { get; } = new ManyForm<DatasetDraft>(new DatasetForm(), draft => draft.Spec.Id);

    private static Key<ImmutableArray<PlacedPath>> Files(string name, string summary, string? defaultText = null) =>
        new(name, new ManyForm<PlacedPath>(new PathForm("the path of a file"), path => path.Full), summary, defaultText);

    private static DatasetDraft? Build(Fields fields)
    {
        var problems = fields.Context.Problems;
        var before = problems.Count;
        var whole = fields.FindObject(Whole);
        if (fields.Has(Whole) == fields.Has(Train))
        {
            problems.Add(fields.Has(Whole) ? fields.MarkOf(Train) : fields.At, fields.Has(Whole) ? "path and train are both set" : "the dataset names no files", "write path for everything in one place, or train, validation and test");
            return null;
        }

        if (whole is not null && fields.Has(Validation) | fields.Has(Test))
            problems.Add(whole.At, "path is set together with validation or test", "path holds all splits; write train instead");
        var splits = whole is null
            ? (Train: fields.Get(Train, []), Validation: fields.Get(Validation, []), Test: fields.Get(Test, []))
            : Splits(whole, fields);
        var others = fields.Get(AlsoEvaluate, []);
        foreach (var path in splits.Train.Concat(splits.Validation).Concat(splits.Test).Concat(others.SelectMany(other => other.Files)))
            CheckFile(path, fields.Get(Format, DataFormat.ByFileName), problems);
        var first = whole ?? splits.Train.FirstOrDefault();
        var spec = new DatasetSpec
        {
            Id = fields.Get(Id, NameOf(first?.Full ?? "dataset")),
            Train = [.. splits.Train.Select(path => path.Full)],
            Validation = [.. splits.Validation.Select(path => path.Full)],
            Test = [.. splits.Test.Select(path => path.Full)],
            AlsoEvaluate = others.ToImmutableSortedDictionary(other => other.Name, other => other.Files.Select(path => path.Full).ToImmutableArray(), StringComparer.Ordinal),
            Format = fields.Get(Format, DataFormat.ByFileName),
            Markers = MarkersOf(fields),
            Columns = new()
            {
                Text = fields.Get(Text, "text"),
                TextPair = fields.FindObject(TextPair),
                Label = fields.Get(Label, "label"),
                Split = fields.FindObject(SplitColumn),
            },
        };
        return new(spec, fields.At, problems.Count == before)
        {
            Unsplit = whole is not null && File.Exists(whole.Full) && !fields.Has(SplitColumn) ? whole : null,
            TrainAt = first?.At ?? fields.At,
            ValidationAt = fields.Has(Validation) ? fields.MarkOf(Validation) : whole?.At ?? fields.At,
            TestAt = fields.Has(Test) ? fields.MarkOf(Test) : whole?.At ?? fields.At,
            TextAt = fields.Has(Text) ? fields.MarkOf(Text) : fields.At,
            TextPairAt = fields.MarkOf(TextPair),
            LabelAt = fields.Has(Label) ? fields.MarkOf(Label) : fields.At,
            SplitAt = fields.MarkOf(SplitColumn),
            FormatAt = fields.Has(Format) ? fields.MarkOf(Format) : fields.At,
            MarkersAt = fields.Has(Markers) ? fields.MarkOf(Markers) : fields.At,
            AlsoEvaluateAt = fields.MarkOf(AlsoEvaluate),
        };
    }

    private static EntityMarkers MarkersOf(Fields fields)
    {
        var marks = fields.Get(Markers, []);
        if (marks.Length == 4 && marks.Distinct().Count() == 4)
            return new(marks[0], marks[1], marks[2], marks[3]);
        if (fields.Has(Markers))
            fields.Context.Problems.Add(fields.MarkOf(Markers), $"markers is [{string.Join(", ", marks)}], but must be four different marks", "write those before and behind the first entity, then those of the second: [\"<<\", \">>\", \"[[\", \"]]\"]");
        return EntityMarkers.Default;
    }

    // A file called train.csv is no name; its folder is.
    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)) is var name && name == "train"
        ? Path.GetFileName(Path.GetDirectoryName(path)) ?? name
        : name;

    private static (ImmutableArray<PlacedPath> Train, ImmutableArray<PlacedPath> Validation, ImmutableArray<PlacedPath> Test) Splits(PlacedPath whole, Fields fields)
    {
        if (!Directory.Exists(whole.Full))
        {
            return ([whole], [], []);
        }

        var splits = (Train: Named("train"), Validation: Named("validation", "valid", "val", "dev"), Test: Named("test"));
        if (splits.Train.IsEmpty)
            fields.Context.Problems.Add(whole.At, $"the folder '{whole.Typed}' has no file train.*", "name the files as train, validation and test");
        return splits;

        ImmutableArray<PlacedPath> Named(params string[] names) =>
            [.. Directory.GetFiles(whole.Full).Where(file => names.Contains(Path.GetFileNameWithoutExtension(file))).Order(StringComparer.Ordinal).Select(file => whole with { Full = file, Typed = Path.Combine(whole.Typed, Path.GetFileName(file)) })];
    }

    private static void CheckFile(PlacedPath path, DataFormat format, Problems problems)
    {
        if (Directory.Exists(path.Full))
        {
            problems.Add(path.At, $"'{path.Typed}' is a folder, not a file", "name a file in it");
        }
        else if (!File.Exists(path.Full))
        {
            var folder = Path.GetDirectoryName(path.Full)!;
            var near = Directory.Exists(folder) ? Suggestions.Nearest(Path.GetFileName(path.Full), Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)) : null;
            problems.Add(path.At, $"there is no file '{path.Typed}'", near is null ? $"looked for {path.Full}" : $"did you mean '{Path.Combine(Path.GetDirectoryName(path.Typed) ?? "", near)}'?");
        }
        else if (format == DataFormat.ByFileName && !IsTold(path.Full))
        {
            problems.Add(path.At, $"the format of '{path.Typed}' is not told by its name", "set format to csv, tsv, jsonl, conll or text");
        }
    }

    private static bool IsTold(string file)
    {
        try
        {
            DatasetReader.FormatOf(file, DataFormat.ByFileName);
            return true;
        }
        catch (DataException)
        {
            return false;
        }
    }

    private sealed class DatasetForm : Form<DatasetDraft>
    {
        private static string[] Names => [.. BuiltInDatasets.All.Select(dataset => dataset.Name), .. DataCatalogue.All.Select(dataset => dataset.Name)];

        public override string Words => "the name of a known dataset, or a map with its files";

        public override IEnumerable<Section> Sections => [Inline];

        public override JsonObject Schema(JsonObject definitions) => new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. Names.Select(name => (JsonNode)name)]) },
                Inline.Form.Schema(definitions)),
        };

        public override bool TryRead(Node node, string name, ReadContext context, out DatasetDraft value)
        {
            value = null!;
            if (node is MapNode map)
                return (value = Inline.Build(map, context)!) is not null;
            if (node is not ScalarNode { IsEmpty: false } scalar)
                return Refuse(node, name, context);
            if (DataCatalogue.Find(scalar.Text) is { } pulled)
            {
                if (pulled.In(context.Settings.DataFolder) is not { } spec)
                {
                    context.Problems.Add(node.At, $"the dataset '{pulled.Name}' is not on this machine yet", $"run: nola data pull {pulled.Name}");
                    return false;
                }

                value = DatasetDraft.At(spec, node.At);
                return true;
            }

            if (BuiltInDatasets.All.FirstOrDefault(dataset => dataset.Name == scalar.Text) is not { } known)
            {
                context.Problems.Add(node.At, $"there is no dataset '{scalar.Text}'", Suggestions.Remedy(scalar.Text, Names, "write { train: …, test: … } for files; known are"));
                return false;
            }

            try
            {
                value = DatasetDraft.At(known.Provide(context.Settings.DataFolder), node.At);
                return true;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                context.Problems.Add(node.At, $"the dataset '{scalar.Text}' cannot be written: {fault.Message}", "set NOLA_DATA to a folder that can");
                return false;
            }
        }
    }
}
