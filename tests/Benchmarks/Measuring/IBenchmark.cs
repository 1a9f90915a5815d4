namespace Nola.Benchmarks.Measuring;

/// <summary>One benchmark; it is run in a process of its own.</summary>
public interface IBenchmark
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, for the list of benchmarks.</summary>
    string About { get; }

    /// <summary>Measures.</summary>
    /// <param name="folder">An empty folder that is deleted afterwards.</param>
    /// <param name="tell">Takes a line about how far it is.</param>
    Task<ImmutableArray<Figure>> Run(string folder, Action<string> tell);
}
