using static TorchSharp.torch;

namespace Nola.Training.Models;

/// <summary>x ⊙ m with a <see cref="DropoutMask"/>: keeps nothing between forward and backward pass.</summary>
internal sealed class DroppedValues : autograd.SingleTensorFunction<DroppedValues>
{
    public override string Name => "DroppedValues";

    /// <summary>Of x, contiguous or not.</summary>
    public static Tensor Of(Tensor x, DropoutMask mask) => apply(x, mask);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, mask) = ((Tensor)vars[0], (DropoutMask)vars[1]);
        ctx.save_data("mask", mask);
        return Multiplied(x, mask);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var gradient = Multiplied(grad_output, (DropoutMask)ctx.get_data("mask"));
        grad_output.Dispose();
        return HandedOver.Remember([gradient, null!]);
    }

    private static Tensor Multiplied(Tensor x, DropoutMask mask)
    {
        var result = empty(x.shape);
        using var source = x.contiguous();
        mask.Multiply(source, result);
        return result;
    }
}
