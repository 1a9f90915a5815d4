namespace Nola.EndToEnd.Tests.Harness;

/// <summary>A folder for one test; it stays when the test fails, for whoever looks for the cause.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("nola-end-").FullName;

    /// <summary>Full path of something in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result != TestResult.Failed)
            Directory.Delete(Path, recursive: true);
        else
            TestContext.Current.TestOutputHelper?.WriteLine($"Logs, store and artifacts are left in {Path}");
    }
}
