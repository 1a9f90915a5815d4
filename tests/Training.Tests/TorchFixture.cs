using Nola.Testing;
using Nola.Training.Native;
using Nola.Training.Tests;

[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(TorchFixture))]

namespace Nola.Training.Tests;

/// <summary>Loads the native library from Worker's output, once. Tests run one after another: libtorch has one random generator.</summary>
public sealed class TorchFixture
{
    public TorchFixture() =>
        NativeLibraries.Load(Path.Combine(SharedData.RepositoryRoot, "src", "Worker", "bin", "Release", "net10.0", "native"));
}
