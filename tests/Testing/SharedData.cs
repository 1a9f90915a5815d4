namespace Nola.Testing;

/// <summary>Real data beside the repository, in <c>../shared/data</c>; tests that need it skip where it is absent.</summary>
public static class SharedData
{
    /// <summary>The repository's root: the nearest folder above the test's output that holds Cluster.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Full path of a file or folder under <c>../shared/data</c>.</summary>
    public static string PathOf(string relative) =>
        Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "data", relative));

    /// <summary>Whether the shared data folder lies beside this checkout at all.</summary>
    public static bool Exists => Directory.Exists(PathOf("."));

    /// <summary>
    /// Full path of a file or folder; skips the running test when there is no shared data beside this checkout.
    /// A missing entry in an existing folder is a failure, not a skip.
    /// </summary>
    public static string Require(string relative)
    {
        Assert.SkipUnless(Exists, "needs ../shared/data beside the checkout");
        var path = PathOf(relative);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"../shared/data is there, but {relative} is not in it");
        return path;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Cluster.sln.");
    }
}
