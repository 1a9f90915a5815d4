using System.Text.Json;
using Nola.Client.Commands;
using Nola.Reasoning.Analyses;
using Nola.Reasoning.Scoring;
using Nola.Reasoning.Tasks;

namespace Nola.Client.Reports.Analyses;

/// <summary>Every answer with what its program is like, one line each: CSV, or JSON lines with the same names.</summary>
internal static class ItemsTable
{
    private static readonly JsonSerializerOptions Lines = new(JsonOutput.Options) { WriteIndented = false };

    /// <summary>Writes the file; its name's end tells the format.</summary>
    public static void Write(IEnumerable<AnalysedStudy> studies, string file)
    {
        var items = studies.SelectMany(study => study.Items.Select(item => LineOf(study, item)));
        using var text = new StreamWriter(file) { NewLine = "\n" };
        if (Path.GetExtension(file) is ".jsonl" or ".json")
        {
            foreach (var item in items)
                text.WriteLine(JsonSerializer.Serialize(item, Lines));
            return;
        }

        CsvRecords.Write(text, items);
    }

    private static Line LineOf(AnalysedStudy study, AnalysedItem item) => new(
        study.Experiment, study.Index, study.Task, study.Model, study.Dataset, study.Method, study.Budget, item.Seed, item.Sample, item.Problem.Dataset, item.Problem.Id,
        JsonOutput.Text(item.Problem.Language).Trim('"'),
        JsonOutput.Text(item.Judgement.Kind).Trim('"'),
        item.Judgement.Prediction,
        item.Judgement.Expected,
        study.PredictsOutputs && item.Problem.Output is { } output ? JsonOutput.Text(OutputTypes.Of(output)).Trim('"') : null,
        item.Judgement.Parts.TryGetValue(JudgementParts.TypeMatch, out var match) ? (int)match : null,
        ProgramFeatures.LinesOf(item.Problem),
        item.Features?.Complexity,
        item.Features is { } features ? string.Join(' ', features.Tags) : null,
        item.Features?.Iterations,
        item.Judgement.Reason);

    private sealed record Line(
        string Experiment, int Study, string Task, string Model, string Dataset, string Method, string Budget, int Seed, int Sample, string Set, string Id, string Language, string Verdict,
        string? Prediction, string? Expected, string? OutputType, int? TypeMatch, int Lines, double? Complexity, string? Constructs, long? Iterations, string? Reason);
}
