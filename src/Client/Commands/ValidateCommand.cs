using System.CommandLine;
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
            if (SpecArgument.Load(line.GetValue(spec)!) is not { } experiment)
                return ExitCodes.Usage;
            var studies = Matrix.Expand(experiment, experiment.Name);
            Console.WriteLine($"{line.GetValue(spec)} is valid: {studies.Length} {(studies.Length == 1 ? "study" : "studies")}, {experiment.Seeds.Length} {(experiment.Seeds.Length == 1 ? "seed" : "seeds")}{(experiment.Search is { } search ? $", search by {search.Sampler}" : "")}.");
            return ExitCodes.Success;
        });
        return command;
    }
}
