using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// What the layers below the first trained one make of each text. They never change, so each text goes through them once; later epochs and evaluations begin
/// at the first trained layer.
/// </summary>
/// <remarks>
/// A text goes through alone and without padding, so that what is kept does not depend on the batch in which it came first: an attempt that goes on from a
/// checkpoint computes the very numbers. On the CPU only; a GPU would have to wait for its host to look texts up.
/// </remarks>
/// <param name="count">How many layers, from the first on.</param>
/// <param name="hasDropout">Whether they have dropout, and so make something else of a text in each step of training.</param>
/// <param name="memory">For what is kept; what finds no room there is computed each time. Default: 1 GiB for all trials of the process together.</param>
internal sealed partial class FrozenLayers(int count, bool hasDropout, KeptMemory? memory = null) : IDisposable
{
    private static readonly KeptMemory OfProcess = new(1L << 30);

    private readonly Dictionary<UInt128, Tensor> states = []; // [tokens, hidden], or of the first token alone
    private readonly KeptMemory memory = memory ?? OfProcess;
    private long taken;

    /// <summary>How many layers, from the first on.</summary>
    public int Count => count;

    /// <summary>Texts that are kept.</summary>
    public int Texts => states.Count;

    /// <summary>The frozen layers under what is trained; null where there are none, or the device is not the CPU, or texts differ from step to step.</summary>
    /// <param name="configuration">The model's.</param>
    /// <param name="head">What it computes.</param>
    /// <param name="trained">Names of all that is trained.</param>
    /// <param name="device">Where it computes.</param>
    public static FrozenLayers? Below(ModelConfiguration configuration, Head head, IEnumerable<string> trained, Device device)
    {
        if (device.type != DeviceType.CPU || head == Head.MaskedLanguage)
            return null;
        var count = trained.Where(name => !IsAbove(name)).Select(LayerOf).DefaultIfEmpty(configuration.Layers).Min();
        return count == 0 ? null : new(count, configuration.HasDropout);

        // A head that is no module of its own, such as a pooler, trains in no method but full fine-tuning.
        bool IsAbove(string name) => configuration.IsOfHeadModule(name, head);

        static int LayerOf(string name) => NumberOfLayer().Match(name) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Whether what is kept serves a step of training, or an evaluation.</summary>
    public bool Serves(Dropout? dropout) => dropout is null || !hasDropout;

    /// <summary>The states of a batch behind the layers, [batch, length, hidden] with zeros for padding, or [batch, 1, hidden].</summary>
    /// <param name="ids">[batch, length].</param>
    /// <param name="mask">[batch, length].</param>
    /// <param name="types">[batch, length], or null.</param>
    /// <param name="compute">The states of one text.</param>
    public Tensor Of(Tensor ids, Tensor mask, Tensor? types, Func<Tensor, Tensor, Tensor?, Tensor> compute)
    {
        var lengths = mask.sum(1).data<long>().ToArray();
        var rows = new Tensor[lengths.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            Tensor Part(Tensor of) => of.narrow(0, row, 1).narrow(1, 0, lengths[row]).contiguous();
            var (text, kind) = (Part(ids), types is null ? null : Part(types));
            var key = KeyOf(text, kind);
            rows[row] = states.GetValueOrDefault(key) ?? Compute(key, text, Part(mask), kind, compute);
        }

        var padded = nn.utils.rnn.pad_sequence(rows, batch_first: true);
        var missing = rows.Zip(lengths).All(pair => pair.First.shape[0] == pair.Second) ? ids.shape[1] - padded.shape[1] : 0; // a part of a batch is as wide as the whole
        return missing == 0 ? padded : nn.functional.pad(padded, [0, 0, 0, missing]);
    }

    public void Dispose()
    {
        foreach (var state in states.Values)
            state.Dispose();
        states.Clear();
        memory.Return(taken);
        taken = 0;
    }

    private Tensor Compute(UInt128 key, Tensor text, Tensor mask, Tensor? kind, Func<Tensor, Tensor, Tensor?, Tensor> compute)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var state = compute(text, mask, kind).squeeze(0).clone();
        var size = state.NumberOfElements * state.ElementSize;
        if (!memory.TryTake(size))
            return state.MoveToOuterDisposeScope();
        taken += size;
        return states[key] = state.DetachFromDisposeScope();
    }

    private static UInt128 KeyOf(Tensor text, Tensor? kind)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(text.bytes);
        if (kind is not null)
            hash.AppendData(kind.bytes);
        return MemoryMarshal.Read<UInt128>(hash.GetHashAndReset());
    }

    [GeneratedRegex(@"\.layers?\.(\d+)\.")]
    private static partial Regex NumberOfLayer();
}
