using Nola.Reasoning.Problems;
using Nola.Testing;

namespace Nola.Reasoning.Tests.Problems;

/// <summary>Problems are read from JSON lines, and errors name the line.</summary>
public sealed class ProblemFileTests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"nola-problems-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("mbpp", 408)]
    [InlineData("humaneval", 162)]
    [InlineData("cruxeval", 800)]
    [InlineData("codenet-java", 1914)]
    [InlineData("codenet-python", 1939)]
    [InlineData("avatar-java", 86)]
    [InlineData("avatar-python", 86)]
    public void Read_SharedFile_HoldsEveryProblem(string dataset, int count)
    {
        var problems = ProblemFile.Read(SharedData.Require($"reasoning/{dataset}.jsonl"));

        Assert.Equal(count, problems.Length);
        Assert.All(problems, problem => Assert.Equal(dataset is "mbpp" or "humaneval" or "cruxeval", problem.IsFunction));
    }

    [Theory]
    [InlineData("""{"id": "a", "language": "python", "code": "x"}""", ":2: 'input' is missing; the keys are id, language, code")]
    [InlineData("""{"id": "a", "language": "cobol", "code": "x", "input": ""}""", ":2: 'language' is 'cobol'; it must be python or java")]
    [InlineData("""{"id": "one", "language": "java", "code": "x", "input": ""}""", ":2: the id 'one' is on line 1 already")]
    [InlineData("""{"id": """, ":2: the line is no JSON object")]
    [InlineData("[1]", ":2: the line must be a JSON object and is Array")]
    public void Read_WrongLine_IsToldWithItsNumber(string line, string message)
    {
        File.WriteAllText(file, """{"id": "one", "language": "python", "code": "print(1)", "input": ""}""" + "\n" + line + "\n");

        var fault = Assert.Throws<ProblemException>(() => ProblemFile.Read(file));

        Assert.StartsWith(file + message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_IsTold() => Assert.Contains("there is no such file", Assert.Throws<ProblemException>(() => ProblemFile.Read(file)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_NoDataset_TakesTheFilesName()
    {
        File.WriteAllText(file, """{"id": "one", "language": "python", "code": "def f(x):\n    return x", "input": "f(1)", "output": "1"}""");

        var problem = Assert.Single(ProblemFile.Read(file));

        Assert.Equal(Path.GetFileNameWithoutExtension(file), problem.Dataset);
        Assert.True(problem.IsFunction);
        Assert.Equal("f", problem.FunctionName);
    }
}
