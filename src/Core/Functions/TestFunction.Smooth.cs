namespace Nola.Core.Functions;

/// <summary>Functions of numbers.</summary>
public sealed partial record TestFunction
{
    private static readonly double[][] HartmannA = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
    private static readonly double[][] HartmannP =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    // Dixon and Szegő, "Towards global optimisation 2", 1978, as both of these.
    private static double Branin(double[] x) =>
        Math.Pow(x[1] - 5.1 / (4 * Math.PI * Math.PI) * x[0] * x[0] + 5 / Math.PI * x[0] - 6, 2) + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x[0]) + 10;

    private static double Hartmann(double[] x)
    {
        double[] weights = [1, 1.2, 3, 3.2];
        return -Enumerable.Range(0, 4).Sum(row => weights[row] * Math.Exp(-Enumerable.Range(0, 6).Sum(axis => HartmannA[row][axis] * Math.Pow(x[axis] - HartmannP[row][axis], 2))));
    }

    private static double Rosenbrock(double[] x) => Enumerable.Range(0, x.Length - 1).Sum(axis => 100 * Math.Pow(x[axis + 1] - x[axis] * x[axis], 2) + Math.Pow(1 - x[axis], 2));

    // The corner from which areas are counted lies at (1, 10), beyond which ZDT1 has no values: 10 − ∫₀¹ (1 − √x) dx.
    private const double Zdt1Area = 10 - 1.0 / 3;

    private static double AreaOf(IEnumerable<ImmutableArray<double>> results)
    {
        var (area, height) = (0.0, 10.0);
        foreach (var values in results.OrderBy(values => values[0]).Where(values => values[0] <= 1))
        {
            area += (1 - values[0]) * Math.Max(0, height - values[1]);
            height = Math.Min(height, values[1]);
        }

        return area;
    }

    // Zitzler, Deb, Thiele, Evolutionary Computation 8(2), 2000; the front is value2 = 1 − √value, where all but the first parameter are 0.
    private static ImmutableArray<double> Zdt1(double[] x)
    {
        var g = 1 + 9 * x[1..].Average();
        return [x[0], g * (1 - Math.Sqrt(x[0] / g))];
    }
}
