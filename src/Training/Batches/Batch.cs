using Nola.Training.Native;
using static TorchSharp.torch;

namespace Nola.Training.Batches;

/// <summary>A text as ids, with where its second text begins (its length when there is none) and its class (-1 without).</summary>
public sealed record EncodedText(int[] Ids, int PairStart, int Label);

/// <summary>Texts padded to the longest of them. The tensors belong to the dispose scope in which the batch was made.</summary>
/// <param name="Ids">[batch, length], 64-bit.</param>
/// <param name="Mask">[batch, length], 1 for tokens and 0 for padding.</param>
/// <param name="Types">[batch, length], 1 in second texts; null when no text has one.</param>
/// <param name="Labels">[batch], or the hidden tokens of masked-lm [count].</param>
/// <param name="Positions">Of masked-lm: indices of the hidden tokens in the flattened ids [count]; else null.</param>
/// <param name="Samples">Sequences.</param>
/// <param name="Tokens">Tokens without padding.</param>
public sealed record Batch(Tensor Ids, Tensor Mask, Tensor? Types, Tensor Labels, Tensor? Positions, int Samples, long Tokens)
{
    /// <summary>At most <paramref name="count"/> batches of about equal size, one after another.</summary>
    public IEnumerable<Batch> Split(int count)
    {
        var (length, most) = (Ids.shape[1], (Samples + count - 1) / count);
        for (var start = 0; start < Samples; start += most)
        {
            var rows = Math.Min(most, Samples - start);
            var (ids, mask) = (Ids.narrow(0, start, rows), Mask.narrow(0, start, rows));
            var here = Positions is null ? null : Positions.ge(start * length).logical_and(Positions.lt((start + rows) * length));
            yield return new(
                ids,
                mask,
                Types?.narrow(0, start, rows),
                here is null ? Labels.narrow(0, start, rows) : Labels.masked_select(here),
                here is null ? null : Positions!.masked_select(here) - (start * length),
                rows,
                mask.sum().item<long>());
        }
    }

    /// <summary>The same on a device. The tensors belong to the present dispose scope.</summary>
    public Batch To(Device device) => this with
    {
        Ids = Ids.Send(device), Mask = Mask.Send(device), Types = Types?.Send(device), Labels = Labels.Send(device), Positions = Positions?.Send(device),
    };

    /// <summary>Pads and stacks texts, on the CPU.</summary>
    public static Batch Of(IReadOnlyList<EncodedText> texts, int padding)
    {
        var length = texts.Max(text => text.Ids.Length);
        var ids = new long[texts.Count * length];
        var mask = new long[ids.Length];
        var types = new long[ids.Length];
        Array.Fill(ids, padding);
        for (var row = 0; row < texts.Count; row++)
            for (var column = 0; column < texts[row].Ids.Length; column++)
            {
                ids[(row * length) + column] = texts[row].Ids[column];
                mask[(row * length) + column] = 1;
                types[(row * length) + column] = column >= texts[row].PairStart ? 1 : 0;
            }

        var pairs = texts.Any(text => text.PairStart < text.Ids.Length);
        return new(
            tensor(ids, [texts.Count, length]),
            tensor(mask, [texts.Count, length]),
            pairs ? tensor(types, [texts.Count, length]) : null,
            tensor(texts.Select(text => (long)text.Label).ToArray()),
            null,
            texts.Count,
            texts.Sum(text => (long)text.Ids.Length));
    }
}
