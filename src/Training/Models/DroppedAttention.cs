using System.Numerics;
using Nola.Training.Native;
using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>
/// Attention with dropout on the CPU: (softmax(QKᵀ / √size + bias) ⊙ m) V. Of the matrices [batch, heads, asking, length] only the softmax is kept between
/// forward and backward pass; what is dropped of it is computed again.
/// </summary>
internal sealed class DroppedAttention : autograd.SingleTensorFunction<DroppedAttention>
{
    public override string Name => "DroppedAttention";

    /// <summary>Of query [batch, heads, asking, size], key and value [batch, heads, length, size] and a bias that trains nothing.</summary>
    public static Tensor Of(Tensor query, Tensor key, Tensor value, Tensor? bias, DropoutMask mask) => apply(query, key, value, new Settings(bias, mask));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (query, key, value, settings) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Settings)vars[3]);
        using var turned = key.transpose(-2, -1);
        var scores = query.matmul(turned).mul_(1 / Math.Sqrt(query.shape[^1]));
        using (scores)
        {
            if (settings.Bias is { } bias)
                scores.add_(bias);
            var weights = nn.functional.softmax(scores, -1);
            ctx.save_for_backward([query, key, value, weights]);
            ctx.save_data("mask", settings.Mask);
            settings.Mask.Multiply(weights, scores); // the room of the scores is free
            return scores.matmul(value);
        }
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var mask = (DropoutMask)ctx.get_data("mask");
        var saved = ctx.get_saved_variables();
        var (query, key, value, weights) = (saved[0], saved[1], saved[2], saved[3]);
        var scale = 1 / Math.Sqrt(query.shape[^1]);
        Tensor ofQuery, ofKey, ofValue;
        using (var room = empty(weights.shape))
        {
            mask.Multiply(weights, room);
            using (var turned = room.transpose(-2, -1))
                ofValue = turned.matmul(grad_output);
            using var values = value.transpose(-2, -1);
            using var ofWeights = grad_output.matmul(values);
            mask.Multiply(ofWeights, ofWeights);
            GoThroughSoftmax(weights, ofWeights);
            ofQuery = ofWeights.matmul(key).mul_(scale);
            using (var turned = ofWeights.transpose(-2, -1))
                ofKey = turned.matmul(query).mul_(scale);
        }

        foreach (var tensor in saved)
            tensor.Dispose();
        grad_output.Dispose();
        ctx.Dispose(); // what was saved goes now, not when the step ends
        return HandedOver.Remember([ofQuery, ofKey, ofValue, null!]);
    }

    // g ← s ⊙ (g − Σ s ⊙ g), row by row, where s is the softmax and g its gradient.
    private static void GoThroughSoftmax(Tensor softmax, Tensor gradient)
    {
        var width = (int)softmax.shape[^1];
        var rows = checked((int)(softmax.NumberOfElements / width));
        var (s, g) = (FloatMemory.AddressOf(softmax), FloatMemory.AddressOf(gradient));
        FloatMemory.Spread(rows, width, (first, count) =>
        {
            for (var row = first; row < first + count; row++)
                Row(FloatMemory.At(s, row * width, width), FloatMemory.At(g, row * width, width));
        });

        static void Row(ReadOnlySpan<float> s, Span<float> g)
        {
            var step = Vector<float>.Count;
            var sums = Vector<float>.Zero;
            var index = 0;
            for (; index <= s.Length - step; index += step)
                sums += new Vector<float>(s[index..]) * new Vector<float>(g[index..]);
            var sum = Vector.Sum(sums);
            for (; index < s.Length; index++)
                sum += s[index] * g[index];
            var all = new Vector<float>(sum);
            for (index = 0; index <= s.Length - step; index += step)
                (new Vector<float>(s[index..]) * (new Vector<float>(g[index..]) - all)).CopyTo(g[index..]);
            for (; index < s.Length; index++)
                g[index] = s[index] * (g[index] - sum);
        }
    }

    private sealed record Settings(Tensor? Bias, DropoutMask Mask);
}
