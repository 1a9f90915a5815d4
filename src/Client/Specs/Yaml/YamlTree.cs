using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Nola.Client.Specs.Yaml;

/// <summary>Reads YAML text to nodes that know their places.</summary>
internal static class YamlTree
{
    /// <summary>The one document of a text; null after a problem was added, or when the text is empty.</summary>
    public static Node? Read(string text, Problems problems)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                problems.Add(Specs.Yaml.Mark.Start, "the file is empty", "a spec needs at least name, task and methods");
                return null;
            }

            var root = new Builder(parser, problems).Read();
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
                problems.Add(MarkOf(second.Start), "a second document begins here", "one spec file holds one experiment; remove the line '---' or write a second file");
            return root;
        }
        catch (YamlException fault)
        {
            Explain(text, fault, problems);
            return null;
        }
    }

    private static Mark MarkOf(YamlDotNet.Core.Mark mark) => new((int)mark.Line, (int)mark.Column);

    private static void Explain(string text, YamlException fault, Problems problems)
    {
        var lines = text.Split('\n');
        // A tab in an indentation is always wrong, but the parser may stop far from it.
        for (var line = 0; line < lines.Length; line++)
        {
            var indentation = lines[line].Length - lines[line].TrimStart(' ', '\t').Length;
            var tab = lines[line].AsSpan(0, indentation).IndexOf('\t');
            if (tab >= 0)
            {
                problems.Add(new(line + 1, tab + 1), "the line is indented with a tab", "YAML is indented with spaces");
                return;
            }
        }

        var message = fault.Message.Trim().TrimEnd('.');
        problems.Add(MarkOf(fault.Start), $"the YAML is broken: {char.ToLowerInvariant(message[0])}{message[1..]}", "check quotes, brackets and indentation before this place");
    }

    private sealed class Builder(Parser parser, Problems problems)
    {
        private readonly Dictionary<string, Node> anchors = new(StringComparer.Ordinal);

        public Node Read()
        {
            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                return anchors.TryGetValue(alias.Value.Value, out var known)
                    ? known with { At = MarkOf(alias.Start) }
                    : throw new YamlException(alias.Start, alias.End, $"there is no anchor '&{alias.Value.Value}' before this alias");
            }

            var next = parser.Current as NodeEvent ?? throw new YamlException($"unexpected {parser.Current}");
            Node node = next switch
            {
                SequenceStart => ReadList(),
                MappingStart => ReadMap(),
                _ => ReadScalar(),
            };
            if (!next.Anchor.IsEmpty)
                anchors[next.Anchor.Value] = node;
            return node;
        }

        private ScalarNode ReadScalar()
        {
            var scalar = parser.Consume<Scalar>();
            return new(MarkOf(scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain);
        }

        private ListNode ReadList()
        {
            var start = parser.Consume<SequenceStart>();
            var items = ImmutableArray.CreateBuilder<Node>();
            while (!parser.TryConsume<SequenceEnd>(out _))
                items.Add(Read());
            return new(MarkOf(start.Start), items.ToImmutable());
        }

        private MapNode ReadMap()
        {
            var start = parser.Consume<MappingStart>();
            var entries = ImmutableArray.CreateBuilder<Entry>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = Read();
                var value = Read();
                if (key is ScalarNode name)
                    entries.Add(new(name, value));
                else
                    problems.Add(key.At, $"{key.Words} is used as a key", "keys are names; check the brackets");
            }

            return new(MarkOf(start.Start), entries.ToImmutable());
        }
    }
}
