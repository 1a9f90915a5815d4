using System.Runtime.CompilerServices;

namespace Nola.Client.Tests;

/// <summary>
/// What users see, in a text file beside its test: <c>ReportTests.Table.txt</c>. Run with NOLA_UPDATE=1 to write the files anew, and read the difference.
/// </summary>
internal static class Expectation
{
    public static void Matches(string actual, string name, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, $"{Path.GetFileNameWithoutExtension(test)}.{name}.txt");
        if (Environment.GetEnvironmentVariable("NOLA_UPDATE") == "1")
            File.WriteAllText(file, actual);
        Assert.True(File.Exists(file), $"There is no {file}; NOLA_UPDATE=1 writes it.");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
