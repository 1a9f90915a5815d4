using System.CommandLine;
using Nola.Client.Views;
using Nola.Core.Experiments;

namespace Nola.Client.Commands;

/// <summary><c>nola validate</c>: every mistake of a spec file, without running anything.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var spec = SpecArgument.Create();
        var command = new Command("validate", "Checks a spec file and the data and models it names, and lists every problem with line and remedy.\n\nExample:\n  nola validate my-experiment.yaml") { spec };
        command.SetAction(line =>
        {
            var terminal = Terminal.Of(line);
            if (SpecArgument.Load(line.GetValue(spec)!, terminal) is not { } experiment)
                return ExitCodes.Usage;
            var studies = Matrix.Expand(experiment, experiment.Name);
            terminal.Say($"{line.GetValue(spec)} is valid: {Words.Count(studies.Length, "study", "studies")}, {Words.Count(experiment.Seeds.Length, "seed")}{(experiment.Search is { } search ? $", search by {search.Sampler}" : "")}.");
            return ExitCodes.Success;
        });
        return command;
    }
}
