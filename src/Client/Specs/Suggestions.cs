namespace Nola.Client.Specs;

/// <summary>Finds the name that a user probably meant.</summary>
internal static class Suggestions
{
    /// <summary><c>did you mean 'x'?</c> for the nearest name; else the list of all names; null when there are none.</summary>
    public static string? Remedy(string typed, IReadOnlyCollection<string> names, string introduction = "known are")
    {
        if (names.Count == 0)
            return null;
        return Nearest(typed, names) is { } name ? $"did you mean '{name}'?" : $"{introduction} {string.Join(", ", names)}";
    }

    /// <summary>
    /// The name with the smallest edit distance, when it is at most a third of the length; a name that contains what was typed is near, too. Null when none is.
    /// </summary>
    public static string? Nearest(string typed, IEnumerable<string> names)
    {
        var plain = Plain(typed);
        var best = names
            .Select((name, order) => (name, order, distance: plain.Length > 3 && Plain(name).Contains(plain, StringComparison.Ordinal) ? 1 : Distance(plain, Plain(name))))
            .OrderBy(item => item.distance).ThenBy(item => item.order)
            .FirstOrDefault();
        return best.name is not null && best.distance <= Tolerance(Math.Max(plain.Length, best.name.Length)) ? best.name : null;
    }

    // Short names differ by a letter and mean something else: gpu is no cpu.
    private static int Tolerance(int length) => length <= 3 ? 0 : Math.Max(1, length / 3);

    /// <summary>Edits that turn one text into the other: insert, delete, replace, or swap two neighbours (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var least = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, table[i - 2, j - 2] + 1);
                table[i, j] = least;
            }
        }

        return table[a.Length, b.Length];
    }

    // Case, hyphens and underscores are habits, not mistakes: learning_rate is one step from learningRate, not two.
    private static string Plain(string text) => text.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
