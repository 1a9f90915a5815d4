using System.Text.Json.Nodes;
using Nola.Client.Specs.Checks;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;

namespace Nola.Client.Specs.Sections;

/// <summary>The models of the matrix: names of the catalogue or folders.</summary>
internal static class ModelsSection
{
    private static readonly Key<string> Id = new("id", Values.Text(), "The name that reports show.", "the folder's name");
    private static readonly Key<string> Folder = new("path", Values.Text("the path of a folder"), "Folder with config.json, model.safetensors and vocab.txt, relative to the spec file.") { IsRequired = true };

    private static readonly Section<ModelDraft> Inline = new("models[]", "A pretrained model in a Hugging Face folder.", [Id, Folder], Build);

    /// <summary>The value of <c>models</c>.</summary>
    public static Form<ImmutableArray<ModelDraft>> Form { get; } = new ManyForm<ModelDraft>(new ModelForm(), draft => draft.Spec.Id);

    private static ModelDraft Build(Fields fields)
    {
        var path = fields.Context.PathOf(fields.Get(Folder));
        var at = fields.MarkOf(Folder);
        var shape = ModelFolderCheck.Read(path, fields.Get(Folder), at, fields.Context.Problems);
        var id = fields.Get(Id, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        return new(new PretrainedModel { Id = id, Path = path }, fields.At, shape);
    }

    private sealed class ModelForm : Form<ModelDraft>
    {
        public override string Words => "the name of a built-in model, or a map with id and path";

        public override IEnumerable<Section> Sections => [Inline];

        public override JsonObject Schema(JsonObject definitions) => new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. ModelCatalogue.All.Select(model => (JsonNode)model.Name)]) },
                Inline.Form.Schema(definitions)),
        };

        public override bool TryRead(Node node, string name, ReadContext context, out ModelDraft value)
        {
            value = null!;
            if (node is MapNode map)
                return (value = Inline.Build(map, context)!) is not null;
            if (node is not ScalarNode { IsEmpty: false } scalar)
                return Refuse(node, name, context);
            if (ModelCatalogue.All.All(model => model.Name != scalar.Text))
            {
                var folder = Directory.Exists(context.PathOf(scalar.Text)) ? $"for the folder write {{ path: {scalar.Text} }}" : null;
                context.Problems.Add(node.At, $"there is no built-in model '{scalar.Text}'", folder ?? Suggestions.Remedy(scalar.Text, [.. ModelCatalogue.All.Select(model => model.Name)]) + ", or write { id, path }");
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
