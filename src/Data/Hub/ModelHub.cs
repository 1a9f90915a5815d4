using Nola.Core.Experiments;
using Nola.Data.Downloads;

namespace Nola.Data.Hub;

/// <summary>Brings models and adapters from the Hugging Face hub: of each only the files that Nola reads.</summary>
public sealed class ModelHub : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);

    private readonly HubSettings settings;
    private readonly TimeProvider time;
    private readonly HubCache cache;
    private readonly HttpClient http;
    private readonly HubApi api;
    private readonly Downloader downloader;

    /// <param name="settings">Where the hub and the cache are.</param>
    /// <param name="time">Clock of pauses; null for the system's.</param>
    /// <param name="pause">Pause after the first request that failed in passing; doubled after each further one. Default: 1 s.</param>
    public ModelHub(HubSettings settings, TimeProvider? time = null, TimeSpan? pause = null)
    {
        this.settings = settings;
        this.time = time ?? TimeProvider.System;
        cache = new(settings.Cache);
        http = new(new HubHandler(settings.Endpoint, settings.Token)) { Timeout = AnswerLimit };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("nola");
        var first = pause ?? TimeSpan.FromSeconds(1);
        api = new(http, settings, this.time, first);
        downloader = new(http, this.time) { Pause = first };
    }

    /// <summary>What was brought before, by repository and commit.</summary>
    public IReadOnlyList<HubModel> Here => [.. cache.All];

    /// <summary>
    /// The model's folder on this machine; brings what is missing. A commit that is here needs no network; a branch or a tag is looked up each time.
    /// </summary>
    /// <param name="reference">Which model.</param>
    /// <param name="progress">Told how far the files are; null for nobody.</param>
    /// <param name="cancel">Ends it; what has come stays, and the next call goes on from there.</param>
    /// <exception cref="DownloadException">It cannot be brought, or holds no model for Nola; the message says why and what helps.</exception>
    public async Task<HubModel> Bring(HubReference reference, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        if ((reference.Commit is not null || settings.IsOffline) && cache.Find(reference) is { } here)
            return here;
        if (settings.IsOffline)
            throw new DownloadException($"{reference} is not in {settings.Cache}, and HF_HUB_OFFLINE forbids to download it; unset it, or name a folder with the model");
        try
        {
            var listing = await api.List(reference, cancel);
            var pinned = reference with { Revision = listing.Commit };
            cache.Note(reference, listing.Commit);
            return cache.Find(pinned) ?? await BringCommit(reference, pinned, listing.Files, progress, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException($"{reference} cannot be stored in {settings.Cache}: {fault.Message}; NOLA_CACHE names another folder", fault);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HubModel> BringCommit(HubReference asked, HubReference pinned, ImmutableArray<string> files, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        using var right = await WaitForLock(pinned, progress, cancel);
        if (cache.Find(pinned) is { } brought)
            return brought;
        var weights = HubFiles.Weights(asked, files);
        var folder = cache.FolderOf(pinned);
        var part = Directory.CreateDirectory(folder + ".part").FullName;
        foreach (var file in HubFiles.Small(files))
            await Bring(file);
        HubFiles.CheckArchitecture(asked, part);
        foreach (var file in weights)
        {
            await Bring(file);
            if (file == ModelTypes.WeightFiles[1])
                foreach (var shard in HubFiles.Shards(asked, Path.Combine(part, file), files))
                    await Bring(shard);
        }

        Directory.Move(part, folder);
        return new(pinned, folder);

        async Task Bring(string file) => await downloader.Bring(await api.Describe(asked, pinned.Commit!, file, cancel), Path.Combine(part, file), progress, cancel);
    }

    private async Task<IDisposable> WaitForLock(HubReference pinned, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        for (var told = false; ; told = true)
        {
            if (cache.TryLock(pinned) is { } right)
                return right;
            if (!told)
                progress?.Report(new(pinned.Name, 0, null, DownloadState.Waiting));
            await Task.Delay(LockPause, time, cancel);
        }
    }
}
