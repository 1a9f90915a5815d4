using System.CommandLine;
using Nola.Client.Studies;

namespace Nola.Client.Commands;

/// <summary><c>nola study</c>: what a search has found, and the ways to other programs.</summary>
internal static class StudyCommand
{
    public static Command Create() => new("study", "Looks into the searches of an experiment: best set, trials, importance of parameters, Pareto front, figures; exports them.")
    {
        StudyBestCommand.Create(), StudyTrialsCommand.Create(), StudyImportanceCommand.Create(), StudyParetoCommand.Create(), StudyExportCommand.Create(), StudyFiguresCommand.Create(),
    };
}

/// <summary>The arguments by which the commands about studies find them, the same for all.</summary>
internal sealed class StudyArguments
{
    private readonly Argument<string> id = IdArgument.Create();

    private readonly Argument<string?> study = new("study")
    {
        Description = "Number or name of a study, as nola show lists them. Default: all of the experiment.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private EngineOptions engineOptions = null!;

    /// <summary>Adds the arguments, and the options of the engine behind the command's own.</summary>
    /// <param name="command">The command with its options.</param>
    /// <param name="takesOne">Whether it is about one study.</param>
    public static StudyArguments AddTo(Command command, bool takesOne = false)
    {
        var arguments = new StudyArguments();
        if (takesOne)
            arguments.study.Description = "Number or name of a study, as nola show lists them; may be left out when the experiment has only one.";
        command.Add(arguments.id);
        command.Add(arguments.study);
        arguments.engineOptions = EngineOptions.AddTo(command, runsTrials: false);
        return arguments;
    }

    /// <summary>The studies that the command line names.</summary>
    public async Task<ImmutableArray<StudyRecord>> Read(ParseResult line, CancellationToken cancellation)
    {
        await using var engine = await engineOptions.OpenFor(line.GetValue(id)!, line, cancellation);
        return await StudyReader.Read(await engine.Find(line.GetValue(id)!), line.GetValue(study));
    }

    /// <summary>The study that the command line names. Throws when it names none of several.</summary>
    public async Task<StudyRecord> ReadOne(ParseResult line, CancellationToken cancellation)
    {
        await using var engine = await engineOptions.OpenFor(line.GetValue(id)!, line, cancellation);
        return await StudyReader.ReadOne(await engine.Find(line.GetValue(id)!), line.GetValue(study));
    }
}
