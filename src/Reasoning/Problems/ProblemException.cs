namespace Nola.Reasoning.Problems;

/// <summary>A file of problems or of recorded answers cannot be used; the message names the file, the line and the rule broken.</summary>
public sealed class ProblemException : Exception
{
    /// <param name="file">File as the user named it.</param>
    /// <param name="line">Line from 1; null when the whole file is meant.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public ProblemException(string file, long? line, string message)
        : base(line is null ? $"{file}: {message}" : $"{file}:{line}: {message}")
    {
        File = file;
        Line = line;
        Rule = message;
    }

    public string File { get; }

    public long? Line { get; }

    /// <summary>What is wrong and what would be right, without the place.</summary>
    public string Rule { get; }
}
