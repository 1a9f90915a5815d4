using System.Globalization;

namespace Nola.Client.Specs;

/// <summary>One thing that is wrong in a spec file, or in a file that it names.</summary>
/// <param name="File">The file that must be changed.</param>
/// <param name="Line">Line from 1; 0 when the whole file is meant.</param>
/// <param name="Column">Column from 1; 0 when the whole line is meant.</param>
/// <param name="Message">The value and the rule it breaks.</param>
/// <param name="Remedy">What would be right; null when the message says it all.</param>
public sealed record SpecProblem(string File, int Line, int Column, string Message, string? Remedy = null)
{
    /// <summary><c>file:line:column: message; remedy</c>, as editors and terminals link it.</summary>
    public override string ToString()
    {
        var place = Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}{(Column == 0 ? "" : ":" + Column.ToString(CultureInfo.InvariantCulture))}");
        return Remedy is null ? $"{place}: {Message}" : $"{place}: {Message}; {Remedy}";
    }
}
