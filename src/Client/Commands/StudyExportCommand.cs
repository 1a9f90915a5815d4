using System.CommandLine;
using Nola.Client.Studies;
using Nola.Client.Studies.Optuna;
using Nola.Client.Views;

namespace Nola.Client.Commands;

/// <summary><c>nola study export</c>: studies as files of other programs.</summary>
internal static class StudyExportCommand
{
    public static Command Create()
    {
        var format = new Option<string>("--format", "-f") { Description = "What is written. Default: csv.", HelpName = "csv|json|optuna-journal", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong("csv", "json", "optuna-journal");
        var output = new Option<string?>("--out") { Description = "The file to write; an existing journal is never written over. Default: standard output.", HelpName = "file" };
        var command = new Command("export",
            """
            Writes studies for other programs: as CSV, as JSON with all measurements, or as a journal that Optuna opens.

            In a journal the study's name is the experiment's id, with the study's own name behind it where there are several; trials stopped by a budget are
            COMPLETE, and diverged, failed and cancelled ones FAIL. In Python:

              storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend("sweep.log"))
              study = optuna.load_study(study_name="sweep", storage=storage)

            Examples:
              nola study export sweep --format optuna-journal --out sweep.log
              nola study export sweep 0 --format json --out sweep.json
            """) { format, output };
        var arguments = StudyArguments.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var terminal = Terminal.Of(line);
            var (written, file) = (line.GetValue(format), line.GetValue(output));
            if (written == "optuna-journal" && File.Exists(file))
                throw new UserException($"--out is '{file}', which exists; Optuna only ever adds to a journal, so name another file.", ExitCodes.Usage);
            var studies = await arguments.Read(line, cancellation);
            var text = written switch
            {
                "json" => StudyJson.Write(studies),
                "optuna-journal" => new JournalWriter(TimeZoneInfo.Local).Write(studies),
                _ => TrialRow.Csv([.. TrialRow.Of(studies)]),
            };
            if (file is null)
            {
                terminal.Output.Write(text);
                return ExitCodes.Success;
            }

            await File.WriteAllTextAsync(file, text, cancellation);
            terminal.Note($"{Words.Count(studies.Length, "study", "studies")} with {Words.Count(studies.Sum(study => study.Trials.Length + study.Running.Length), "trial")} written to {file}");
            return ExitCodes.Success;
        });
        return command;
    }
}
