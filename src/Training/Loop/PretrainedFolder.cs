using System.Globalization;
using Nola.Core.Trials;
using Nola.Data.Downloads;
using Nola.Data.Hub;

namespace Nola.Training.Loop;

/// <summary>Where the files of a pretrained model lie on this machine; those of the Hugging Face hub are downloaded when they are not here yet.</summary>
internal static class PretrainedFolder
{
    /// <summary>The folder.</summary>
    /// <param name="path">Its path, or <c>hf:org/name@commit</c>.</param>
    /// <param name="observer">Told of a download about once a second; may end it.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="hub">Where from; null for what the environment says.</param>
    /// <exception cref="DownloadException">The model cannot be brought.</exception>
    public static string Of(string path, ITrainingObserver observer, CancellationToken stop, HubSettings? hub = null)
    {
        if (!HubReference.Is(path))
            return path;
        using var models = new ModelHub(hub ?? HubSettings.FromEnvironment());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        return models.Bring(HubReference.Parse(path), new Reports(observer, end), end.Token).GetAwaiter().GetResult().Folder;
    }

    private sealed class Reports(ITrainingObserver observer, CancellationTokenSource end) : IProgress<DownloadProgress>
    {
        private readonly TimeProvider time = TimeProvider.System;
        private long toldAt;

        public void Report(DownloadProgress value)
        {
            if (toldAt != 0 && time.GetElapsedTime(toldAt).TotalSeconds < 1)
                return;
            toldAt = time.GetTimestamp();
            var share = value is { Total: > 0 and var total } ? string.Create(CultureInfo.InvariantCulture, $" {100 * value.Bytes / total} %") : "";
            if (observer.Progress(new() { Phase = $"downloading {value.File}{share}" }).Action == DirectiveAction.Abandon)
                end.Cancel();
        }
    }
}
