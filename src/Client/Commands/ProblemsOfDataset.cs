using Nola.Client.Hosting;
using Nola.Client.Views;
using Nola.Data.Catalogue;
using Nola.Reasoning.Origins;
using Nola.Reasoning.Problems;

namespace Nola.Client.Commands;

/// <summary>What <c>nola data pull</c> does with problems about programs once their original is here.</summary>
internal static class ProblemsOfDataset
{
    /// <summary>Makes the file of problems, and says how many there are, and which are left out and why.</summary>
    public static async Task Make(KnownDataset dataset, string dataFolder, Terminal terminal, CancellationToken stop)
    {
        var original = Path.Combine(dataFolder, dataset.Folder, dataset.Files.Single().Name);
        var target = dataset.ProblemFile(dataFolder);
        await using var sandbox = OriginalProblems.NeedsSandbox(dataset.Name) ? await SandboxSetting.Start(1, terminal.Note, stop) : null;
        if (sandbox?.Fault(ProgramLanguage.Python) is { } fault)
            throw new UserException($"{original} is here, but its tests are parsed by Python in the sandbox, and {fault}. See docs/sandbox.md; then run the command again.", ExitCodes.Engine);
        try
        {
            var made = await OriginalProblems.Make(dataset.Name, original, target, sandbox, stop);
            terminal.Say($"{dataset.Name} is in {target}: {Words.Count(made.Count, "problem")}");
            foreach (var reason in made.LeftOut.GroupBy(item => item.Reason))
                terminal.Say($"  {reason.Count()} left out, because {reason.Key}: {string.Join(", ", reason.Select(item => item.Id))}");
        }
        catch (ProblemException wrong)
        {
            throw new UserException(wrong.Message, ExitCodes.Engine);
        }
    }
}
