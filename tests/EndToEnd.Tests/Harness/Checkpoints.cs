namespace Nola.EndToEnd.Tests.Harness;

/// <summary>The checkpoints that trials write.</summary>
internal static class Checkpoints
{
    /// <summary>Waits for the first checkpoint of a trial, below a store's folder, and returns its step.</summary>
    public static async Task<long> Appear(string store, string trial) =>
        await Wait.Until($"a checkpoint of {trial}", () => NewestStep(Path.Combine(store, "artifacts"), trial), step => step > 0);

    /// <summary>Waits until a trial has been trained to its end and has left its result in its folder, delivered or not.</summary>
    public static Task EndsTraining(string artifacts, string trial) =>
        Wait.Until($"the end of the training of {trial}", () => File.Exists(Path.Combine(artifacts, trial, "result.json")), isThere => isThere);

    /// <summary>Step of a trial's newest checkpoint; 0 when there is none.</summary>
    public static long NewestStep(string artifacts, string trial)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(artifacts, trial, "checkpoints"), "step-*.checkpoint")
                .Select(file => long.Parse(Path.GetFileNameWithoutExtension(file)["step-".Length..], System.Globalization.CultureInfo.InvariantCulture))
                .DefaultIfEmpty().Max();
        }
        catch (DirectoryNotFoundException)
        {
            return 0; // Not begun yet, or ended meanwhile.
        }
    }
}
