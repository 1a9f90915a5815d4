using Nola.Client.Commands;

namespace Nola.Client.Studies;

/// <summary>Studies whole, as JSON: objective, space, and every finished trial with its measurements.</summary>
internal static class StudyJson
{
    /// <summary>The text, ended by a line feed.</summary>
    public static string Write(IEnumerable<StudyRecord> studies) => JsonOutput.Text(studies.Select(study => new
    {
        study.Title,
        study.Spec.Experiment,
        Study = study.Spec.Index,
        study.Spec.Name,
        study.Objective,
        study.Space,
        study.Trials,
    })) + "\n";
}
