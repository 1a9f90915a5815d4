using Nola.Client.Specs.Yaml;

namespace Nola.Client.Specs.Forms;

/// <summary>The values of one section, read.</summary>
/// <param name="At">Where the section begins.</param>
/// <param name="Context">Problems and paths.</param>
/// <param name="Values">Values by key; keys that are absent or wrong are not in it.</param>
/// <param name="Marks">Where each key's value stands, right or wrong.</param>
internal sealed record Fields(Mark At, ReadContext Context, IReadOnlyDictionary<Key, object> Values, IReadOnlyDictionary<Key, Mark> Marks)
{
    /// <summary>Whether the key stands there, with a right value or a wrong one.</summary>
    public bool Has(Key key) => Marks.ContainsKey(key);

    /// <summary>Where the key's value stands; the section's beginning when it does not.</summary>
    public Mark MarkOf(Key key) => Marks.TryGetValue(key, out var mark) ? mark : At;

    /// <summary>The key's value, or another one when it is absent or wrong.</summary>
    public T Get<T>(Key<T> key, T otherwise) => Values.TryGetValue(key, out var value) ? (T)value : otherwise;

    /// <summary>The value of a required key.</summary>
    public T Get<T>(Key<T> key) => (T)Values[key];

    /// <summary>The key's value, or null.</summary>
    public T? Find<T>(Key<T> key)
        where T : struct => Values.TryGetValue(key, out var value) ? (T)value : null;

    /// <summary>The key's text, or null.</summary>
    public T? FindObject<T>(Key<T> key)
        where T : class => Values.TryGetValue(key, out var value) ? (T)value : null;
}
