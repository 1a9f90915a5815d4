using System.Text.Json.Serialization;

namespace Nola.Core.Experiments;

/// <summary>A dataset of the matrix: its files, their format, and which column means what.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.DatasetSpec")]
public sealed record DatasetSpec
{
    /// <summary>The name that reports show; unique in the experiment.</summary>
    public required string Id { get; init; }

    /// <summary>Files of the training split, absolute paths, read one after another.</summary>
    public ImmutableArray<string> Train { get; init; } = [];

    /// <summary>Files of the validation split. Empty: a tenth of the training split is held out, stratified by label, by the trial's seed.</summary>
    public ImmutableArray<string> Validation { get; init; } = [];

    /// <summary>Files of the test split, on which the reported metrics are measured.</summary>
    public ImmutableArray<string> Test { get; init; } = [];

    /// <summary>Files of other texts, by a name, on which causal-lm is measured besides, before and after: what the model forgets, or gains elsewhere.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> AlsoEvaluate { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Every file that the dataset names, once.</summary>
    [JsonIgnore]
    public IEnumerable<string> Files => Train.Concat(Validation).Concat(Test).Concat(AlsoEvaluate.Values.SelectMany(files => files)).Distinct();

    /// <summary>How the files are written. Default: told by the file's name.</summary>
    public DataFormat Format { get; init; } = DataFormat.ByFileName;

    /// <summary>Which columns hold text, label and split.</summary>
    public ColumnMap Columns { get; init; } = new();

    /// <summary>How texts mark the two entities of relation-classification. Default: those of ChemProt, &lt;&lt; &gt;&gt; and [[ ]].</summary>
    public EntityMarkers Markers { get; init; } = EntityMarkers.Default;

    /// <summary>SHA-256 of each file by its path, in hexadecimal, taken at submission.</summary>
    public ImmutableSortedDictionary<string, string> Sha256 { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>How a dataset file is written.</summary>
public enum DataFormat
{
    /// <summary>.csv, .tsv, .jsonl, .conll, and .txt (one document a block, blank line between) by the name's end.</summary>
    ByFileName,

    /// <summary>Comma-separated values with a header line; RFC 4180 quoting.</summary>
    Csv,

    /// <summary>Tab-separated values with a header line.</summary>
    Tsv,

    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>One token a line with its columns, blank line between sentences.</summary>
    Conll,

    /// <summary>Plain text, blank line between documents.</summary>
    Text,
}

/// <summary>Which columns of a dataset mean what.</summary>
[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties)]
[Alias("nola.ColumnMap")]
public sealed record ColumnMap
{
    /// <summary>Column with the text to classify. Default: "text".</summary>
    public string Text { get; init; } = "text";

    /// <summary>Column with a second text, for pairs; null for single texts.</summary>
    public string? TextPair { get; init; }

    /// <summary>Column with the label. Default: "label".</summary>
    public string Label { get; init; } = "label";

    /// <summary>Column that names the row's split (train, validation, test); null when splits are separate files.</summary>
    public string? Split { get; init; }
}
