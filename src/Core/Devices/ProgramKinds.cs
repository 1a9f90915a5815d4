namespace Nola.Core.Devices;

/// <summary>Programs of datasets and models that a silo's sandbox runs, or that trials have run there. Each value includes those before it.</summary>
public enum ProgramKinds
{
    None,
    Python,
    PythonAndJava,
}
