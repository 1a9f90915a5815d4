using System.Text.Json.Nodes;
using Nola.Client.Specs.Checks;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Data.Downloads;
using Nola.Data.Hub;

namespace Nola.Client.Specs.Sections;

/// <summary>The models of the matrix: names of the catalogue or folders.</summary>
internal static class ModelsSection
{
    private static readonly Key<string> Id = new("id", Values.Text(), "The name that reports show.", "the folder's name");
    private static readonly Key<string> Folder = new("path", Values.Text("the path of a folder, or hf:org/name"), "Folder with config.json, model.safetensors and the tokenizer's files, as Hugging Face saves them, relative to the spec file; or a model of the Hugging Face hub, hf:org/name or hf:org/name@revision, which is downloaded.");

    private static readonly Key<string> Type = new("type", new ChoiceForm<string>("architecture", (NewModel.Bert, NewModel.Bert), (NewModel.Llama, NewModel.Llama)), "Its architecture: bert with a WordPiece vocabulary, or llama with a SentencePiece vocabulary.", NewModel.Bert);
    private static readonly Key<int> Layers = new("layers", Values.Integer(1, 1000), "Transformer layers.", "4");
    private static readonly Key<int> HiddenSize = new("hiddenSize", Values.Integer(8, 1 << 16), "Width of the hidden states; a multiple of heads: at least 32 per head of a bert, an even number per head of a llama.", "256");
    private static readonly Key<int> Heads = new("heads", Values.Integer(1, 1024), "Attention heads.", "8");
    private static readonly Key<int> KeyValueHeads = new("keyValueHeads", Values.Integer(1, 1024), "Heads of keys and values of a llama, each of which serves several attention heads.", "as many as heads");
    private static readonly Key<int> IntermediateSize = new("intermediateSize", Values.Integer(1, 1 << 18), "Width of the feed-forward layers.", "1024");
    private static readonly Key<int> Vocabulary = new("vocabulary", Values.Integer(100, 1 << 20), "Tokens in the vocabulary, which is learned from the training split.", "8000");
    private static readonly Key<int> MaxLength = new("maxLength", Values.Integer(4, 1 << 16), "Longest sequence that the model can read, in tokens.", "128");
    private static readonly Section<NewModel> New = new(
        "models[].new", "A model that is trained from nothing: its vocabulary, and the first values of a bert, come from the training split.", [Type, Layers, HiddenSize, Heads, KeyValueHeads, IntermediateSize, Vocabulary, MaxLength], BuildNew);

    private static readonly Key<NewModel> NewKey = new("new", New.Form, "Instead of path: the shape of a model to be trained from nothing; {} takes the defaults.");
    private static readonly Section<ModelDraft> Inline = new("models[]", "A pretrained model in a Hugging Face folder, a new one, or one that answers prompts.", [Id, Folder, NewKey, .. EndpointSection.Keys], Build);

    /// <summary>The value of <c>models</c>.</summary>
    public static Form<ImmutableArray<ModelDraft>> Form { get; } = new ManyForm<ModelDraft>(new ModelForm(), draft => draft.Spec.Id);

    private static ModelDraft? Build(Fields fields)
    {
        var problems = fields.Context.Problems;
        if (EndpointSection.IsIn(fields))
            return EndpointSection.Build(fields, fields.FindObject(Id), Folder);
        EndpointSection.RefuseIn(fields);
        if (fields.Has(Folder) == fields.Has(NewKey))
        {
            problems.Add(fields.At, fields.Has(Folder) ? "path and new are both set" : "the model has neither path nor new nor endpoint", "write path for a pretrained model, new for one trained from nothing, or endpoint for one that answers prompts");
            return null;
        }

        if (fields.Has(NewKey))
        {
            if (!fields.Has(Id))
                problems.Add(fields.At, "the new model has no id", "write the name that reports shall show");
            return fields.FindObject(NewKey) is { } model ? new(model with { Id = fields.Get(Id, "new") }, fields.At, ModelShape.Of(model)) : null;
        }

        if (fields.FindObject(Folder) is not { } typed)
            return null;
        if (HubReference.Is(typed))
            return OfHub(typed, fields.FindObject(Id), fields.MarkOf(Folder), fields.At, fields.Context);
        var path = fields.Context.PathOf(typed);
        var shape = ModelFolderCheck.Read(path, typed, fields.MarkOf(Folder), problems);
        return new(new PretrainedModel { Id = fields.Get(Id, Path.GetFileName(Path.TrimEndingDirectorySeparator(path))), Path = path }, fields.At, shape);
    }

    // The experiment's record names the commit, so that every silo and every repetition has the same bytes.
    private static ModelDraft? OfHub(string typed, string? id, Mark at, Mark modelAt, ReadContext context)
    {
        try
        {
            var reference = HubReference.Parse(typed);
            var model = context.Settings.Hub(reference);
            return new(new PretrainedModel { Id = id ?? reference.Name, Path = model.Pinned.ToString() }, modelAt, ModelFolderCheck.Read(model.Folder, typed, at, context.Problems));
        }
        catch (Exception fault) when (fault is FormatException or DownloadException)
        {
            context.Problems.Add(at, fault.Message);
            return null;
        }
    }

    private static NewModel BuildNew(Fields fields)
    {
        var plain = new NewModel { Id = "" };
        var model = plain with
        {
            Type = fields.Get(Type, plain.Type),
            KeyValueHeads = fields.Find(KeyValueHeads),
            Layers = fields.Get(Layers, plain.Layers),
            HiddenSize = fields.Get(HiddenSize, plain.HiddenSize),
            Heads = fields.Get(Heads, plain.Heads),
            IntermediateSize = fields.Get(IntermediateSize, plain.IntermediateSize),
            VocabularySize = fields.Get(Vocabulary, plain.VocabularySize),
            MaxPositions = fields.Get(MaxLength, plain.MaxPositions),
        };
        if (model.Problem is { } problem)
            fields.Context.Problems.Add(fields.MarkOf(new Key[] { HiddenSize, KeyValueHeads, Vocabulary, Heads }.FirstOrDefault(key => problem.StartsWith(key.Name, StringComparison.Ordinal) && fields.Has(key), Heads)), problem);
        return model;
    }

    private sealed class ModelForm : Form<ModelDraft>
    {
        public override string Words => "the name of a built-in model, hf:org/name, or a map with id and path, new or endpoint";

        public override IEnumerable<Section> Sections => [Inline];

        public override JsonObject Schema(JsonObject definitions) => new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. ModelCatalogue.All.Select(model => (JsonNode)model.Name)]) },
                new JsonObject { ["type"] = "string", ["pattern"] = "^hf:" },
                Inline.Form.Schema(definitions)),
        };

        public override bool TryRead(Node node, string name, ReadContext context, out ModelDraft value)
        {
            value = null!;
            if (node is MapNode map)
                return (value = Inline.Build(map, context)!) is not null;
            if (node is not ScalarNode { IsEmpty: false } scalar)
                return Refuse(node, name, context);
            if (HubReference.Is(scalar.Text))
                return (value = OfHub(scalar.Text, null, node.At, node.At, context)!) is not null;
            if (ModelCatalogue.All.All(model => model.Name != scalar.Text))
            {
                var folder = Directory.Exists(context.PathOf(scalar.Text)) ? $"for the folder write {{ path: {scalar.Text} }}" : null;
                context.Problems.Add(node.At, $"there is no built-in model '{scalar.Text}'", folder ?? Suggestions.Remedy(scalar.Text, [.. ModelCatalogue.All.Select(model => model.Name)], "write { path: … } for a folder, hf:org/name for the Hugging Face hub; built in are"));
                return false;
            }

            if (ModelCatalogue.Find(scalar.Text, context.Settings.ModelFolders) is not { } path)
            {
                context.Problems.Add(node.At, $"the built-in model '{scalar.Text}' is not beside this program", $"looked for models/{scalar.Text} in {string.Join(", ", context.Settings.ModelFolders)}");
                return false;
            }

            value = new(new PretrainedModel { Id = scalar.Text, Path = path }, node.At, ModelFolderCheck.Read(path, scalar.Text, node.At, context.Problems));
            return true;
        }
    }
}

/// <summary>A model as read from a spec.</summary>
/// <param name="Spec">What goes into the experiment.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Shape">What its folder says; null when the folder is not right.</param>
internal sealed record ModelDraft(ModelSpec Spec, Mark At, ModelShape? Shape);
