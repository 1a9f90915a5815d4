using System.Text;
using Nola.Client.Specs.Checks;
using Nola.Client.Specs.Yaml;
using Nola.Core.Devices;
using Nola.Core.Experiments;

namespace Nola.Client.Specs;

/// <summary>Reads spec files and checks them whole, before anything runs.</summary>
public static class SpecFile
{
    /// <summary>
    /// The experiment that a spec file describes, or everything that is wrong with it: keys, values, names, files, columns, labels and budgets.
    /// Built-in datasets that it names are written to the data folder when they are not there yet.
    /// </summary>
    /// <param name="path">The file; problems name it the same way.</param>
    /// <param name="settings">Where names are looked up. Default: beside the program, and the user's data folder.</param>
    public static SpecResult Load(string path, SpecSettings? settings = null)
    {
        var problems = new Problems(path);
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(null, [new(path, 0, 0, Directory.Exists(path) ? "this is a folder, not a spec file" : File.Exists(path) ? $"the file cannot be read: {fault.Message}" : "there is no such file")]);
        }
        catch (DecoderFallbackException)
        {
            return new(null, [new(path, 0, 0, "the file is no UTF-8", "save it as UTF-8")]);
        }

        var root = YamlTree.Read(text, problems);
        if (root is not null and not MapNode)
            problems.Add(root.At, $"a spec is a map of keys, but this is {root.Words}", "begin with name: and task:");
        if (root is not MapNode map)
            return new(null, problems.InOrder());
        var context = new ReadContext(problems, Path.GetDirectoryName(Path.GetFullPath(path))!, settings ?? new(), TakesAnyParameter(map));
        var draft = SpecKeys.Root.Build(map, context);
        if (draft is null)
            return new(null, problems.InOrder());
        SpecChecks.Check(draft, context);
        var programs = context.Settings.ReadsData ? ProblemChecks.Read(draft, problems) : ProgramKinds.None;
        var known = JournalChecks.Read(draft, problems);
        return problems.Count > 0 ? new(null, problems.InOrder()) : new(draft.Complete(text, known, programs), []);
    }

    // What a parameter may be depends on the task, which may stand anywhere in the file.
    private static bool TakesAnyParameter(MapNode map) =>
        map.Entries.FirstOrDefault(entry => entry.Key.Text == "task")?.Value is ScalarNode name && TaskCatalogue.All.TryGetValue(name.Text, out var task) && task.TakesAnyParameter;
}
