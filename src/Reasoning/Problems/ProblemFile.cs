namespace Nola.Reasoning.Problems;

/// <summary>
/// Reads problems: one JSON object a line with <c>id, language, code, input, output</c> and optionally <c>dataset</c> (the file's name where
/// absent), <c>nl, assert, all_asserts, signature, misleading_output</c>. Other keys are ignored, blank lines are skipped.
/// </summary>
public static class ProblemFile
{
    /// <summary>The problems of a file in its order.</summary>
    /// <exception cref="ProblemException">The file is missing, a line is malformed, lacks a key, or repeats an id.</exception>
    public static ImmutableArray<Problem> Read(string file)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var item in JsonLines.Read(file))
        {
            var problem = FromLine(item);
            if (!lines.TryAdd(problem.Id, item.Line))
                throw item.Fault($"the id '{problem.Id}' is on line {lines[problem.Id]} already; ids must differ");
            problems.Add(problem);
        }

        if (problems.Count == 0)
            throw new ProblemException(file, null, "the file holds no problem");
        return problems.ToImmutable();
    }

    private static Problem FromLine(JsonLine item) => new()
    {
        Dataset = item.Text("dataset") ?? Path.GetFileNameWithoutExtension(item.File),
        Id = item.RequiredText("id"),
        Language = item.RequiredText("language").ToLowerInvariant() switch
        {
            "python" => ProgramLanguage.Python,
            "java" => ProgramLanguage.Java,
            var other => throw item.Fault($"'language' is '{other}'; it must be python or java"),
        },
        Code = item.RequiredText("code"),
        Input = item.RequiredText("input"),
        Output = item.Text("output"),
        Specification = item.Text("nl"),
        Assertion = item.Text("assert"),
        AllAssertions = item.Text("all_asserts"),
        Signature = item.Text("signature"),
        MisleadingOutput = item.Text("misleading_output"),
    };
}
