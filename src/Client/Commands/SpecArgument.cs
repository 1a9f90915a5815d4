using System.CommandLine;
using Nola.Client.Specs;
using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary>The argument SPEC of the commands that read a spec file.</summary>
internal static class SpecArgument
{
    public static Argument<string> Create() => new("spec") { Description = "The spec file (YAML)." };

    /// <summary>The spec, or null after all its problems were written to standard error.</summary>
    public static ExperimentSpec? Load(string path, Terminal terminal)
    {
        var result = SpecFile.Load(path, new() { Hub = reference => HubModels.Bring(reference, terminal, CancellationToken.None).GetAwaiter().GetResult() });
        foreach (var problem in result.Problems)
            terminal.Note(problem.ToString());
        if (result.Problems.Length > 0)
            terminal.Note(result.Problems.Length == 1 ? "1 problem; nothing was started." : $"{result.Problems.Length} problems; nothing was started.");
        return result.Problems.Length > 0 ? null : result.Spec;
    }
}
