using TorchSharp;
using static TorchSharp.torch;

namespace Nola.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) with decoupled weight decay on every trained tensor, as torch.optim.AdamW has it.
/// Computes in 32-bit floats; its state can be saved and put back exactly.
/// </summary>
/// <remarks>
/// The moments of all tensors lie in one tensor each. On a GPU the values do, too, as long as they are few: then a step is a dozen operations however many
/// tensors there are, and none of them lets the host wait. On the CPU each tensor is updated in one pass over its memory (<see cref="AdamWPass"/>).
/// </remarks>
public sealed class AdamW : IDisposable
{
    private const long MostFlat = 1 << 26; // values; more would cost memory, and there a step's operations are large enough

    private readonly (string Name, Tensor Value, Tensor Mean, Tensor Square)[] items;
    private readonly Tensor means; // [values]
    private readonly Tensor squares; // [values]
    private readonly Tensor? values; // [values]; null where each tensor keeps its own
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private readonly double weightDecay;

    /// <summary>Over the given tensors, with moments at zero.</summary>
    /// <param name="parameters">What is trained, by name; all on one device.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="beta1">Decay of the mean of gradients.</param>
    /// <param name="beta2">Decay of the mean of their squares.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="isFlat">Whether the values, too, move into one tensor; by default on other devices than the CPU where they are few.</param>
    public AdamW(
        IEnumerable<KeyValuePair<string, Tensor>> parameters, double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool? isFlat = null)
    {
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        var all = parameters.ToArray();
        var (count, device) = (all.Sum(item => item.Value.NumberOfElements), all.FirstOrDefault().Value?.device ?? CPU);
        means = zeros(count, device: device).DetachFromDisposeScope();
        squares = zeros(count, device: device).DetachFromDisposeScope();
        values = isFlat ?? (device.type != DeviceType.CPU && count <= MostFlat) ? empty(count, device: device).DetachFromDisposeScope() : null;
        items = new (string, Tensor, Tensor, Tensor)[all.Length];
        using var quiet = no_grad();
        long start = 0;
        foreach (var (index, (name, value)) in all.Index())
        {
            if (values is not null)
            {
                using var place = PartOf(values, value);
                value.set_(place.copy_(value));
            }

            items[index] = (name, value, PartOf(means, value), PartOf(squares, value));
            start += value.NumberOfElements;
        }

        Tensor PartOf(Tensor whole, Tensor like)
        {
            using var part = whole.narrow(0, start, like.NumberOfElements);
            return part.view(like.shape).DetachFromDisposeScope();
        }
    }

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>The moments by name, for checkpoints: <c>mean/NAME</c> and <c>square/NAME</c>.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => items.SelectMany(item => new[]
    {
        KeyValuePair.Create("mean/" + item.Name, item.Mean),
        KeyValuePair.Create("square/" + item.Name, item.Square),
    });

    /// <summary>One step with the gradients at hand: θ ← θ(1 − lr·λ) − lr·m̂ / (√v̂ + ε). Tensors without a gradient stay as they are.</summary>
    /// <param name="learningRate">lr.</param>
    /// <param name="clipNorm">
    /// The largest L2 norm that all gradients together have; longer ones count scaled down to it, as by torch.nn.utils.clip_grad_norm_. 0 for any.
    /// </param>
    public void Step(double learningRate, double clipNorm = 0)
    {
        Steps++;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var due = items.Where(item => item.Value.grad is not null).ToArray();
        if (due.Length == 0)
            return;
        using var factor = clipNorm > 0 ? ClipFactor(due.Select(item => item.Value.grad!), clipNorm) : null;
        var rate = learningRate / (1 - Math.Pow(beta1, Steps));
        if (values is not null && due.Length == items.Length)
        {
            Update(values, cat([.. due.Select(item => item.Value.grad!.reshape(-1))], 0), means, squares, factor, learningRate, rate);
            return;
        }

        AdamWPass? pass = null;
        foreach (var (_, value, mean, square) in due)
        {
            if (!AdamWPass.Serves(value, value.grad!))
            {
                Update(value, value.grad!, mean, square, factor, learningRate, rate);
                continue;
            }

            pass ??= new(
                factor?.item<float>() ?? 1, (float)(1 - (learningRate * weightDecay)), (float)beta1, (float)beta2, (float)rate, (float)RootCorrection, (float)epsilon);
            pass.Value.Update(value, value.grad!, mean, square);
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void ClearGradients()
    {
        foreach (var (_, value, _, _) in items)
            if (value.grad is { } gradient)
            {
                value.grad = null;
                gradient.Dispose();
            }
    }

    public void Dispose()
    {
        foreach (var (_, _, mean, square) in items)
        {
            mean.Dispose();
            square.Dispose();
        }

        means.Dispose();
        squares.Dispose();
        values?.Dispose();
    }

    private double RootCorrection => Math.Sqrt(1 - Math.Pow(beta2, Steps));

    // By separate operations, none of which needs a number from the device.
    private void Update(Tensor value, Tensor gradient, Tensor mean, Tensor square, Tensor? factor, double learningRate, double rate)
    {
        using var scope = NewDisposeScope();
        var scaled = factor is null ? gradient : gradient * factor;
        value.mul_(1 - (learningRate * weightDecay));
        mean.mul_(beta1).add_(scaled, alpha: 1 - beta1);
        square.mul_(beta2).addcmul_(scaled, scaled, 1 - beta2);
        value.addcdiv_(mean, square.sqrt().div_(RootCorrection).add_(epsilon), -rate);
    }

    // A number on the device: 1, or what makes the gradients that short.
    private static Tensor ClipFactor(IEnumerable<Tensor> gradients, double limit)
    {
        var norm = stack([.. gradients.Select(gradient => gradient.norm())]).norm();
        return norm.add_(1e-6).pow_(-1).mul_(limit).clamp_(max: 1);
    }
}
