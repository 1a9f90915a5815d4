using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Sections;

/// <summary>What a search learns from before it begins: the id of an ended experiment, or <c>{ journal: optuna.log, study: lora }</c>.</summary>
internal sealed class WarmStartForm : Form<EarlierDraft>
{
    private static readonly Key<PlacedPath> Journal = new("journal", new PathForm("the path of a file"), "A journal file of Optuna, relative to the spec file.") { IsRequired = true };
    private static readonly Key<PlacedText> Study = new("study", new PlacedTextForm(), "Name of the study in it.", "the only one");
    private static readonly Key<ImmutableArray<PlacedName>> Names = new("names", new NamesForm(), "Parameters that are named otherwise there, such as { lr: learningRate }.", "none");

    private static readonly Section<JournalDraft> Section = new(
        "search.warmStart[]", "Finished trials of an Optuna study; those that lie within space count, the newest 10,000 of them.", [Journal, Study, Names],
        fields => new(fields.FindObject(Journal)!, fields.FindObject(Study), fields.Get(Names, []), fields.At));

    public override string Words => "the id of an ended experiment, or a map with journal and study";

    public override IEnumerable<Section> Sections => [Section];

    /// <summary>Whether two are the same.</summary>
    public static object Identity(EarlierDraft draft) => draft.Experiment ?? $"{draft.Journal!.File.Typed}, {draft.Journal.Study?.Text}";

    public override JsonObject Schema(JsonObject definitions) => new() { ["anyOf"] = new JsonArray(Values.Name.Schema(definitions), Section.Form.Schema(definitions)) };

    public override bool TryRead(Node node, string name, ReadContext context, out EarlierDraft value)
    {
        value = null!;
        if (node is MapNode map)
        {
            value = new(null, Section.Build(map, context));
            return value.Journal is not null;
        }

        if (!Values.Name.TryRead(node, name, context, out var id))
            return false;
        value = new(id, null);
        return true;
    }

    private sealed class PlacedTextForm : Form<PlacedText>
    {
        public override string Words => "the name of a study";

        public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = new JsonArray("string", "number") };

        public override bool TryRead(Node node, string name, ReadContext context, out PlacedText value)
        {
            value = null!;
            if (node is not ScalarNode { IsEmpty: false } scalar)
                return Refuse(node, name, context);
            value = new(scalar.Text, scalar.At);
            return true;
        }
    }

    private sealed class NamesForm : Form<ImmutableArray<PlacedName>>
    {
        public override string Words => "a map such as { lr: learningRate }";

        public override JsonObject Schema(JsonObject definitions) => new() { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = new JsonObject { ["type"] = "string" } };

        public override bool TryRead(Node node, string name, ReadContext context, out ImmutableArray<PlacedName> value)
        {
            value = [];
            if (node is not MapNode { Entries.IsEmpty: false } map || map.Entries.Any(entry => entry.Value is not ScalarNode { IsEmpty: false }))
                return Refuse(node, name, context);
            value = [.. map.Entries.Select(entry => new PlacedName(entry.Key.Text, ((ScalarNode)entry.Value).Text, entry.Key.At, entry.Value.At))];
            return true;
        }
    }
}

/// <summary>What a search learns from, as read: the one or the other.</summary>
internal sealed record EarlierDraft(string? Experiment, JournalDraft? Journal);

/// <summary>A journal as read; whether its trials fit the search is checked later.</summary>
internal sealed record JournalDraft(PlacedPath File, PlacedText? Study, ImmutableArray<PlacedName> Names, Mark At);

/// <summary>A parameter's name in a journal and in the spec.</summary>
internal sealed record PlacedName(string There, string Here, Mark ThereAt, Mark HereAt);
