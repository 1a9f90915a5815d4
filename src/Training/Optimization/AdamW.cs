using static TorchSharp.torch;

namespace Nola.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) with decoupled weight decay on every trained tensor, as torch.optim.AdamW has it.
/// Computes in 32-bit floats; its state can be saved and put back exactly.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly (string Name, Tensor Value, Tensor Mean, Tensor Square)[] items;
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private readonly double weightDecay;

    /// <summary>Over the given tensors, with moments at zero.</summary>
    public AdamW(IEnumerable<KeyValuePair<string, Tensor>> parameters, double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    {
        items = [.. parameters.Select(item => (item.Key, item.Value, zeros_like(item.Value).DetachFromDisposeScope(), zeros_like(item.Value).DetachFromDisposeScope()))];
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
    }

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>The moments by name, for checkpoints: <c>mean/NAME</c> and <c>square/NAME</c>.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => items.SelectMany(item => new[]
    {
        KeyValuePair.Create("mean/" + item.Name, item.Mean),
        KeyValuePair.Create("square/" + item.Name, item.Square),
    });

    /// <summary>One step with the gradients at hand: θ ← θ(1 − lr·λ) − lr·m̂ / (√v̂ + ε). Then the gradients are freed.</summary>
    public void Step(double learningRate)
    {
        Steps++;
        var correction1 = 1 - Math.Pow(beta1, Steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(beta2, Steps));
        var pass = new AdamWPass(
            (float)(1 - (learningRate * weightDecay)), (float)beta1, (float)beta2, (float)(learningRate / correction1), (float)correction2, (float)epsilon);
        using var quiet = no_grad();
        foreach (var (_, value, mean, square) in items)
        {
            if (value.grad is not { } gradient)
                continue;
            if (AdamWPass.Serves(value, gradient))
            {
                pass.Update(value, gradient, mean, square);
                continue;
            }

            using var scope = NewDisposeScope();
            value.mul_(1 - (learningRate * weightDecay));
            mean.mul_(beta1).add_(gradient, alpha: 1 - beta1);
            square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            var denominator = square.sqrt().div_(correction2).add_(epsilon);
            value.addcdiv_(mean, denominator, -learningRate / correction1);
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

    /// <summary>Scales all gradients so that their common L2 norm is at most <paramref name="limit"/>; returns the norm before.</summary>
    public double ClipGradients(double limit)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var gradients = items.Select(item => item.Value.grad).OfType<Tensor>().ToArray();
        var norm = Math.Sqrt(gradients.Sum(gradient => Math.Pow((double)gradient.norm().item<float>(), 2)));
        if (limit > 0 && norm > limit)
            foreach (var gradient in gradients)
                gradient.mul_(limit / (norm + 1e-6));
        return norm;
    }

    public void Dispose()
    {
        foreach (var (_, _, mean, square) in items)
        {
            mean.Dispose();
            square.Dispose();
        }
    }
}
