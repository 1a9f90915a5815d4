using System.Globalization;
using System.Text;
using Nola.Core.Experiments;

namespace Nola.Data.Catalogue;

/// <summary>
/// Short clinical notes of eight specialties, made from a seed. They are invented and describe nobody.
/// </summary>
/// <remarks>
/// Noisy on purpose, so that no method is perfect: each statement of a note comes from its own specialty, from a specialty that is often confused
/// with it, or from words that all share; and one label in twenty-five is wrong. The same seed gives the same notes on every machine.
/// </remarks>
public static class ClinicalNotes
{
    /// <summary>Changes with the text that the generator writes, so that files of another version are not mistaken for its own.</summary>
    private const int Version = 1;

    private const double WrongLabels = 0.04;

    private static readonly (string Split, int Notes)[] Splits = [("train", 1200), ("validation", 200), ("test", 400)];

    /// <summary>Writes the notes below <paramref name="folder"/> unless they are there, and tells where.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static DatasetSpec Provide(string folder)
    {
        var own = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"clinical-notes-{Version}"));
        if (!Directory.Exists(own))
            WriteWhole(own);
        return new()
        {
            Id = "clinical-notes",
            Train = [Path.Combine(own, "train.csv")],
            Validation = [Path.Combine(own, "validation.csv")],
            Test = [Path.Combine(own, "test.csv")],
            Format = DataFormat.Csv,
            Columns = new() { Text = "note", Label = "specialty" },
        };
    }

    /// <summary>Notes with their specialties; all different.</summary>
    public static IEnumerable<(string Note, string Specialty)> Generate(int seed)
    {
        var numbers = new SeededSequence(seed);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var specialty = numbers.Pick(Specialty.All);
            var note = Note(specialty, numbers);
            var label = numbers.Chance(WrongLabels) ? numbers.Pick(Specialty.All) : specialty;
            if (seen.Add(note))
                yield return (note, label.Name);
        }
    }

    private static string Note(Specialty specialty, SeededSequence numbers)
    {
        var age = numbers.Next(68) + 19;
        var patient = numbers.Pick(SharedPhrases.Patients).Replace("{age}", age.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var note = new StringBuilder(patient);
        note.Append(' ').Append(numbers.Pick(SharedPhrases.Presenting)).Append(' ').Append(Draw(specialty, one => one.Complaints, SharedPhrases.Complaints, numbers));
        if (numbers.Chance(0.45))
            note.Append(" and ").Append(Draw(specialty, one => one.Complaints, SharedPhrases.Complaints, numbers));
        note.Append(' ').Append(numbers.Pick(SharedPhrases.Durations)).Append('.');
        if (numbers.Chance(0.6))
            note.Append(' ').Append(numbers.Pick(SharedPhrases.History)).Append(' ').Append(numbers.Pick(numbers.Pick(Specialty.All).Comorbidities)).Append('.');
        if (numbers.Chance(0.7))
            note.Append(' ').Append(Sentence(Draw(specialty, one => one.Findings, SharedPhrases.Findings, numbers)));
        if (numbers.Chance(0.55))
            note.Append(' ').Append(Sentence(Draw(specialty, one => one.Plans, SharedPhrases.Plans, numbers)));
        return note.ToString();
    }

    // A statement tells its specialty less often than not: that is what makes the notes hard.
    private static string Draw(Specialty specialty, Func<Specialty, string[]> statements, string[] shared, SeededSequence numbers) => numbers.NextDouble() switch
    {
        < 0.50 => numbers.Pick(statements(specialty)),
        < 0.64 => numbers.Pick(statements(numbers.Pick(Specialty.NeighboursOf(specialty)))),
        _ => numbers.Pick(shared),
    };

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";

    // The folder appears with all its files or not at all, however many processes want it.
    private static void WriteWhole(string folder)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var draft = folder + "." + Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(draft);
        try
        {
            using var notes = Generate(2024).GetEnumerator();
            foreach (var (split, count) in Splits)
            {
                var text = new StringBuilder("note,specialty\n");
                for (var row = 0; row < count && notes.MoveNext(); row++)
                    text.Append('"').Append(notes.Current.Note).Append("\",").Append(notes.Current.Specialty).Append('\n');
                File.WriteAllText(Path.Combine(draft, split + ".csv"), text.ToString());
            }

            Directory.Move(draft, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was faster, with the same notes.
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }
    }
}
