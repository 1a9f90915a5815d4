using Nola.Client.Specs.Forms;
using Nola.Client.Specs.Sections;
using Nola.Client.Specs.Yaml;
using Nola.Core.Experiments;
using Nola.Silo.Commands;

namespace Nola.Client.Specs.Checks;

/// <summary>Whether the programs of a spec are there, and every name in their arguments has a value.</summary>
internal static class CommandChecks
{
    private static readonly string[] Scripts = [".py", ".sh", ".R", ".r", ".jl", ".js", ".pl", ".rb", ".jar", ".lua", ".m"];

    public static void Check(SpecDraft spec, Problems problems)
    {
        CheckObjective(spec, problems);
        if (spec.Training is { } training)
            problems.Add(training.Fields.At, "the task command has no use for training", "hand settings to the program, in run or as parameters of the method");
        foreach (var searched in spec.Search?.Parameters ?? [])
            CheckName(searched.Parameter.Name, searched.NameAt, problems);
        foreach (var method in spec.Methods)
            if (method.Spec is CommandMethod command)
            {
                CheckProgram(command, method.Fields, problems);
                CheckNames(command, method.Fields, spec.Search, problems);
            }
    }

    private static void CheckObjective(SpecDraft spec, Problems problems)
    {
        if (!spec.HasObjective)
            problems.Add(spec.Fields.At, "the spec lacks the key 'objective'", "write objective: { metric: …, direction: maximize } with a metric that the program reports");
        else if (spec.Objective is { Direction: null } objective && TaskCatalogue.All.Values.All(task => !task.Metrics.Contains(objective.Metric)))
            problems.Add(objective.At, $"whether more or less of '{objective.Metric}' is better is not known", $"write objective: {{ metric: {objective.Metric}, direction: maximize }}, or minimize");
    }

    private static void CheckProgram(CommandMethod command, Fields fields, Problems problems)
    {
        var folder = command.WorkingDirectory;
        if (!Directory.Exists(folder))
        {
            problems.Add(fields.MarkOf(CommandSection.Folder), $"there is no folder '{fields.FindObject(CommandSection.Folder)?.Typed}'", $"looked for {folder}");
            return;
        }

        if (command.MetricsFile is { } metrics && (Path.IsPathRooted(metrics) || metrics.Split('/').Contains("..")))
            problems.Add(fields.MarkOf(CommandSection.Metrics), $"metrics is '{metrics}', but must be the name of a file in the trial's folder", "write metrics: metrics.jsonl; {metrics} is its whole path");
        var run = fields.Get(CommandSection.Run);
        var (program, at) = run[0];
        if (!Placeholders.In(program).Any() && ProgramFile.Find(program, folder) is null)
        {
            var file = Path.Combine(folder, program);
            problems.Add(at, $"there is no program '{program}'", !program.Contains('/')
                ? File.Exists(file) ? $"for the file beside the spec write ./{program}" : "install it, or write its path"
                : File.Exists(file) ? $"the file may not be executed: chmod +x it, or write what runs it, such as sh" : $"looked for {Path.GetFullPath(file)}");
        }

        // What follows an interpreter is its script.
        if (run.Length > 1 && run[1] is { Text: var script, At: var scriptAt } && script is not ['-', ..] && Scripts.Contains(Path.GetExtension(script)) && !Placeholders.In(script).Any() && !File.Exists(Path.Combine(folder, script)))
        {
            var beside = Path.GetDirectoryName(Path.GetFullPath(Path.Combine(folder, script)))!;
            var near = Directory.Exists(beside) ? Suggestions.Nearest(Path.GetFileName(script), Directory.GetFiles(beside).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)) : null;
            problems.Add(scriptAt, $"there is no file '{script}'", near is null ? $"looked for {Path.GetFullPath(Path.Combine(folder, script))}" : $"did you mean '{Path.Combine(Path.GetDirectoryName(script) ?? "", near)}'?");
        }
    }

    private static void CheckNames(CommandMethod command, Fields fields, SearchDraft? search, Problems problems)
    {
        var templates = fields.Get(CommandSection.Run).Select(argument => (argument.Text, argument.At)).ToList();
        foreach (var (name, at, value) in fields.Get(CommandSection.Environment, []))
        {
            templates.Add((value.Text, value.At));
            if (name.StartsWith("NOLA_", StringComparison.Ordinal))
                problems.Add(at, $"the variable {name} begins with NOLA_, which Nola sets itself", "choose another name");
            else if (name.Contains('=') || name.Length == 0)
                problems.Add(at, $"'{name}' is no name of a variable");
        }

        foreach (var fixedOne in fields.Get(CommandSection.Parameters, []))
        {
            if (CheckName(fixedOne.Name, fixedOne.NameAt, problems) && !command.Uses(fixedOne.Name))
                problems.Add(fixedOne.NameAt, $"the method {command.Id} uses the parameter '{fixedOne.Name}' nowhere", $"write \"{{{fixedOne.Name}}}\" in run or environment, or remove it");
        }

        foreach (var (text, at) in templates)
            foreach (var name in Placeholders.In(text).Distinct().Where(name => !command.Parameters.ContainsKey(name)))
                CheckPlaceholder(name, at, command, search, problems);
    }

    private static void CheckPlaceholder(string name, Mark at, CommandMethod command, SearchDraft? search, Problems problems)
    {
        if (name == "metrics" && command.MetricsFile is null)
            problems.Add(at, "{metrics} is the path of the file of metrics, but the method names none", "add metrics: metrics.jsonl to it");
        if (Placeholders.Given.Contains(name))
            return;
        var searched = search?.Parameters.FirstOrDefault(item => item.Parameter.Name == name);
        if (searched is null)
        {
            string[] known = [.. search?.Parameters.Select(item => item.Parameter.Name) ?? [], .. command.Parameters.Keys, .. Placeholders.Given];
            problems.Add(at, $"there is no parameter '{name}'", Suggestions.Nearest(name, known) is { } near
                ? $"did you mean '{near}'?"
                : $"add it to search.space or to the method's parameters, or write {{{{{name}}}}} for the braces themselves");
        }
        else if (searched.Parameter.When is { } when)
        {
            problems.Add(at, $"{{{name}}} has no value where {when.Parameter} is not {string.Join(" or ", when.Values)}", $"add parameters: {{ {name}: … }} for these trials to the method");
        }
    }

    private static bool CheckName(string name, Mark at, Problems problems)
    {
        if (Placeholders.IsName(name))
            return true;
        if (Placeholders.Given.Contains(name))
            problems.Add(at, $"a parameter cannot be called '{name}', which every trial has", "choose another name");
        else
            problems.Add(at, $"'{name}' is no name of a parameter", "use letters, digits, '_', '.' and '-', and begin with a letter");
        return false;
    }
}
