using Nola.Core.Trials;
using Orleans.Storage;

namespace Nola.Grains.Studies;

/// <summary>The finished trials of one study in the store, a record per page; in memory only the last page.</summary>
internal sealed class StudyPages(IGrainStorage storage, GrainId study)
{
    private GrainState<StudyPage> last = new(new());
    private int lastIndex;

    private StudyPage Last => last.State!;

    /// <summary>Trials on all pages.</summary>
    public long Count => (long)lastIndex * StudyPage.Size + Last.Trials.Count;

    /// <summary>Finds the last page, looking from the one that <paramref name="known"/> finished trials end on.</summary>
    public async Task Open(long known)
    {
        lastIndex = (int)(known / StudyPage.Size);
        last = await Read(lastIndex);
        while (Last.Trials.Count == StudyPage.Size)
            last = await Read(++lastIndex);
    }

    /// <summary>Trials from <paramref name="skip"/> on, at most <paramref name="take"/>.</summary>
    public async Task<ImmutableArray<TrialRecord>> List(long skip, int take)
    {
        var found = ImmutableArray.CreateBuilder<TrialRecord>();
        for (var page = (int)(skip / StudyPage.Size); page <= lastIndex && found.Count < take; page++)
        {
            var state = page == lastIndex ? last : await Read(page);
            var from = (int)Math.Max(0, skip - (long)page * StudyPage.Size);
            found.AddRange(state.State!.Trials.Skip(from).Take(take - found.Count));
        }

        return found.ToImmutable();
    }

    /// <summary>Stores more finished trials.</summary>
    public async Task Append(IReadOnlyList<TrialRecord> records)
    {
        var done = 0;
        while (done < records.Count)
        {
            var room = Math.Min(StudyPage.Size - Last.Trials.Count, records.Count - done);
            var before = Last.Trials.Count;
            Last.Trials.AddRange(records.Skip(done).Take(room));
            try
            {
                await storage.WriteStateAsync(Name(lastIndex), study, last);
            }
            catch
            {
                Last.Trials.RemoveRange(before, room);
                throw;
            }

            done += room;
            if (Last.Trials.Count == StudyPage.Size)
            {
                lastIndex++;
                last = new(new());
            }
        }
    }

    private async Task<GrainState<StudyPage>> Read(int index)
    {
        var page = new GrainState<StudyPage>(new());
        await storage.ReadStateAsync(Name(index), study, page);
        page.State ??= new();
        return page;
    }

    private static string Name(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"study-page-{index:D6}");
}
