using MathNet.Numerics;

namespace Nola.Search.Samplers.Parzen;

/// <summary>Masses of the standard normal distribution, exact also far out in its tails.</summary>
internal static class Gaussian
{
    /// <summary>½ ln 2π.</summary>
    public static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    private static readonly double RootTwo = Math.Sqrt(2);

    /// <summary>Mass below <paramref name="x"/>.</summary>
    public static double Below(double x) => 0.5 * SpecialFunctions.Erfc(-x / RootTwo);

    /// <summary>The point with the mass <paramref name="share"/> below it.</summary>
    public static double PointBelow(double share) => -RootTwo * SpecialFunctions.ErfcInv(2 * share);

    /// <summary>ln of the mass between two points.</summary>
    public static double LogMass(double from, double to) =>
        to <= 0 ? LogDifference(LogBelow(to), LogBelow(from))
        : from > 0 ? LogDifference(LogBelow(-from), LogBelow(-to))
        : SpecialFunctions.Log1p(-Below(from) - Below(-to));

    // For x ≤ 0. Beyond −20 the asymptotic series; its terms fall by 1/x².
    private static double LogBelow(double x)
    {
        if (x > -20)
            return Math.Log(Below(x));
        if (double.IsNegativeInfinity(x))
            return x;
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; k <= 8; k++)
            sum += term *= -(2 * k - 1) / (x * x);
        return -0.5 * x * x - Math.Log(-x) - HalfLogTwoPi + Math.Log(sum);
    }

    private static double LogDifference(double larger, double smaller) => larger + SpecialFunctions.Log1p(-Math.Exp(smaller - larger));
}
