using Nola.Reasoning.Scoring;

namespace Nola.Reasoning.Tasks;

/// <summary>Changes a value into another of the same type, by the rules of CodeMind's misleading tests.</summary>
internal static class ValueMutation
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>
    /// int ± 1 … 100; float ± U(0, 100); bool negated; string: a letter deleted, inserted or replaced; list: an item mutated, added or removed;
    /// tuple and set through a list; dictionary: a value mutated, an entry added or removed. None becomes 0.
    /// </summary>
    public static PythonValue Of(PythonValue value, Random random) => value switch
    {
        PythonNumber { Kind: PythonNumberKind.Boolean } truth => PythonNumber.Of(truth.Integer.IsZero),
        PythonNumber { Kind: PythonNumberKind.Integer } whole => PythonNumber.Of(whole.Integer + Sign(random) * random.Next(1, 101)),
        PythonNumber real => PythonNumber.Of(Math.Round(real.Real + Sign(random) * (0.01 + random.NextDouble() * 99.99), 2)),
        PythonText text => text with { Value = Text(text.Value, random) },
        PythonSequence sequence => sequence with { Items = Items(sequence.Items, random) },
        PythonSet set => new PythonSet([.. Items([.. set.Items.OrderBy(item => item.ToString(), StringComparer.Ordinal)], random)]),
        PythonDictionary dictionary => new PythonDictionary(Entries(dictionary.Items, random)),
        _ => PythonNumber.Of(0),
    };

    private static int Sign(Random random) => random.Next(2) == 0 ? -1 : 1;

    private static string Text(string text, Random random)
    {
        var letter = Letters[random.Next(Letters.Length)];
        var at = random.Next(text.Length + 1);
        if (text.Length == 0 || random.Next(3) == 0 || at == text.Length)
            return text.Insert(at, letter.ToString());
        var shorter = text.Remove(at, 1);
        return random.Next(2) == 0 ? shorter : shorter.Insert(at, letter.ToString());
    }

    private static ImmutableArray<PythonValue> Items(ImmutableArray<PythonValue> items, Random random)
    {
        if (items.IsEmpty)
            return [PythonNumber.Of(random.Next(1, 101))];
        var at = random.Next(items.Length);
        return random.Next(3) switch
        {
            0 => items.Insert(at, Of(items[at], random)),
            1 when items.Length > 1 => items.RemoveAt(at),
            _ => items.SetItem(at, Of(items[at], random)),
        };
    }

    private static ImmutableDictionary<PythonValue, PythonValue> Entries(ImmutableDictionary<PythonValue, PythonValue> items, Random random)
    {
        if (items.IsEmpty)
            return items.Add(PythonNumber.Of(random.Next(1, 101)), PythonNumber.Of(random.Next(1, 101)));
        var (key, value) = items.OrderBy(item => item.Key.ToString(), StringComparer.Ordinal).ElementAt(random.Next(items.Count));
        return random.Next(3) switch
        {
            0 => items.SetItem(Of(key, random), value),
            1 when items.Count > 1 => items.Remove(key),
            _ => items.SetItem(key, Of(value, random)),
        };
    }
}
