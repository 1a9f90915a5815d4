namespace Nola.Data.Hub;

/// <summary>
/// The models on this machine: <c>org--name/COMMIT/</c> has the files of a commit, all of them or none, and <c>org--name/refs/</c> the commits that
/// branches and tags named when they were last looked up.
/// </summary>
internal sealed class HubCache(string root)
{
    // What Linux, macOS and Windows say of a file that another process has locked.
    private static readonly int[] InUse = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Every model that is here whole, by repository and commit.</summary>
    public IEnumerable<HubModel> All => Directory.Exists(root)
        ? from repository in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)
          from folder in Directory.EnumerateDirectories(repository).Order(StringComparer.Ordinal)
          let pinned = new HubReference(Path.GetFileName(repository).Replace("--", "/", StringComparison.Ordinal), Path.GetFileName(folder))
          where pinned.Commit is not null
          select new HubModel(pinned, folder)
        : [];

    /// <summary>The model, where it is here; of a branch or a tag, the commit that it named last.</summary>
    public HubModel? Find(HubReference reference)
    {
        var pinned = reference.Commit is not null ? reference : File.Exists(RefOf(reference)) ? reference with { Revision = File.ReadAllText(RefOf(reference)) } : null;
        return pinned is not null && Directory.Exists(FolderOf(pinned)) ? new(pinned, FolderOf(pinned)) : null;
    }

    /// <summary>Folder of a commit.</summary>
    public string FolderOf(HubReference pinned) => Path.Combine(Repository(pinned), pinned.Commit!);

    /// <summary>Notes which commit a branch or a tag names.</summary>
    public void Note(HubReference reference, string commit)
    {
        if (reference.Commit is not null)
            return;
        var file = RefOf(reference);
        if (File.Exists(file) && File.ReadAllText(file) == commit)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var draft = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(draft, commit);
        File.Move(draft, file, overwrite: true);
    }

    /// <summary>The right to write to the model's folders; null while another process has it.</summary>
    public IDisposable? TryLock(HubReference reference)
    {
        Directory.CreateDirectory(Repository(reference));
        try
        {
            return new FileStream(Path.Combine(Repository(reference), ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault) when (InUse.Contains(fault.HResult))
        {
            return null;
        }
    }

    private string Repository(HubReference reference) => Path.Combine(root, reference.Repository.Replace("/", "--", StringComparison.Ordinal));

    private string RefOf(HubReference reference) => Path.Combine(Repository(reference), "refs", Uri.EscapeDataString(reference.Revision ?? "main"));
}

/// <summary>A model of the hub on this machine.</summary>
/// <param name="Pinned">Its repository and commit.</param>
/// <param name="Folder">The Hugging Face folder.</param>
public sealed record HubModel(HubReference Pinned, string Folder);
