using System.Text.Json.Nodes;
using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Yaml;
using Nola.Core.Searching;
using Nola.Search;

namespace Nola.Client.Specs.Sections;

/// <summary>The form of a sampler or pruner.</summary>
internal static class SearchKindForm
{
    /// <summary>A name, or a map of the name to its options.</summary>
    /// <param name="what">What is named: "sampler".</param>
    /// <param name="kinds">All there are.</param>
    public static Form<NamedOptions> Of(string what, ImmutableArray<SearchKind> kinds) => new NamedSectionForm<NamedOptions>(
        what,
        $"one of {string.Join(", ", kinds.Select(kind => kind.Name))}, or a map such as {{ {kinds[^1].Name}: {{ {kinds[^1].Options[0].Name}: … }} }}",
        [.. kinds.Select(kind => (kind.Name, SectionOf(what, kind)))],
        (name, _) => $"write {name} alone, or a map behind it");

    private static Section<NamedOptions> SectionOf(string what, SearchKind kind)
    {
        var keys = kind.Options.Select(option => new Key<ParameterValue>(option.Name, new OptionForm(option), option.Summary, option.Default)).ToArray();
        return new($"search.{what}.{kind.Name}", kind.Summary, [.. keys], fields => new(
            kind.Name,
            keys.Where(key => fields.Find(key) is not null).ToImmutableSortedDictionary(key => key.Name, key => fields.Find(key)!.Value)));
    }
}

/// <summary>A sampler or pruner as read.</summary>
internal sealed record NamedOptions(string Name, ImmutableSortedDictionary<string, ParameterValue> Options);

/// <summary>The value of an option of a sampler or pruner.</summary>
internal sealed class OptionForm(SearchSetting option) : Form<ParameterValue>
{
    private readonly Form<int> integer = Values.Integer((int)option.Low, option.High >= 1e9 ? int.MaxValue : (int)option.High);
    private readonly Form<double> number = Values.Number(option.Low, option.High);
    private readonly Form<string> choice = new ChoiceForm<string>(option.Name, [.. option.Choices.Select(name => (name, name))]);

    private Form Form => !option.Choices.IsEmpty ? choice : option.IsInteger ? integer : number;

    public override string Words => Form.Words;

    public override JsonObject Schema(JsonObject definitions) => Form.Schema(definitions);

    public override bool TryRead(Node node, string name, ReadContext context, out ParameterValue value)
    {
        value = default;
        if (!option.Choices.IsEmpty)
            return choice.TryRead(node, name, context, out var chosen) && Take(chosen, out value);
        return option.IsInteger
            ? integer.TryRead(node, name, context, out var whole) && Take(whole, out value)
            : number.TryRead(node, name, context, out var real) && Take(real, out value);
    }

    private static bool Take(ParameterValue read, out ParameterValue value)
    {
        value = read;
        return true;
    }
}
