namespace Nola.Silo.Tests.Storage;

public sealed class MemoryStorageTests : StorageConformance
{
    protected override Task<string> Address() => Task.FromResult("memory");

    protected override Task<string?> Raw(string stateName, GrainId id) => Task.FromResult<string?>(null);
}
