using Nola.Core.Searching;

namespace Nola.Search.Samplers;

/// <summary>
/// Points that fill a cube evenly: Sobol's sequence with the direction numbers of Joe and Kuo (SIAM J. Sci. Comput. 30, 2008) and a nested uniform
/// scramble by hashing (Burley, "Practical hash-based Owen scrambling", JCGT 9(4), 2020).
/// </summary>
internal static class Sobol
{
    // Degree and inner coefficients of the primitive polynomial, and the first numbers; the first dimension has none.
    private static readonly (int Degree, uint Inner, uint[] First)[] Table =
    [
        (1, 0, [1]), (2, 1, [1, 3]), (3, 1, [1, 3, 1]), (3, 2, [1, 1, 1]), (4, 1, [1, 1, 3, 3]), (4, 4, [1, 3, 5, 13]),
        (5, 2, [1, 1, 5, 5, 17]), (5, 4, [1, 1, 5, 5, 5]), (5, 7, [1, 1, 7, 11, 19]), (5, 11, [1, 1, 5, 1, 1]), (5, 13, [1, 1, 1, 3, 11]), (5, 14, [1, 3, 5, 5, 31]),
        (6, 1, [1, 3, 3, 9, 7, 49]), (6, 13, [1, 1, 1, 15, 21, 21]), (6, 16, [1, 3, 1, 13, 27, 49]), (6, 19, [1, 1, 1, 15, 7, 5]), (6, 22, [1, 3, 1, 15, 13, 25]), (6, 25, [1, 1, 5, 5, 19, 61]),
        (7, 1, [1, 3, 7, 11, 23, 15, 103]), (7, 4, [1, 3, 7, 13, 13, 15, 69]),
    ];

    private static readonly uint[][] Directions = [Plain(), .. Table.Select(row => Expand(row.Degree, row.Inner, row.First))];

    /// <summary>Number of dimensions.</summary>
    public static int Dimensions => Directions.Length;

    /// <summary>One coordinate of one point, in [0, 1).</summary>
    /// <param name="index">Number of the point, from 0.</param>
    /// <param name="dimension">From 0, below <see cref="Dimensions"/>.</param>
    /// <param name="seed">Another seed, another scramble.</param>
    public static double At(uint index, int dimension, int seed)
    {
        var point = 0u;
        for (var bit = 0; index != 0; bit++, index >>= 1)
        {
            if ((index & 1) != 0)
                point ^= Directions[dimension][bit];
        }

        return Scramble(point, (uint)SeededNumbers.For(seed, dimension).Next()) / 4294967296.0;
    }

    // A digit is flipped depending on the digits above it and on nothing else, so that the evenness stays.
    private static uint Scramble(uint point, uint seed)
    {
        var mixed = Reverse(point);
        unchecked
        {
            mixed ^= mixed * 0x3d20adeau;
            mixed += seed;
            mixed *= (seed >> 16) | 1;
            mixed ^= mixed * 0x05526c56u;
            mixed ^= mixed * 0x53a22864u;
        }

        return Reverse(mixed);
    }

    private static uint Reverse(uint bits)
    {
        bits = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits);
        bits = ((bits >> 4) & 0x0F0F0F0Fu) | ((bits & 0x0F0F0F0Fu) << 4);
        bits = ((bits >> 2) & 0x33333333u) | ((bits & 0x33333333u) << 2);
        return ((bits >> 1) & 0x55555555u) | ((bits & 0x55555555u) << 1);
    }

    private static uint[] Plain() => [.. Enumerable.Range(0, 32).Select(bit => 1u << (31 - bit))];

    private static uint[] Expand(int degree, uint inner, uint[] first)
    {
        var numbers = new uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            if (bit < degree)
            {
                numbers[bit] = first[bit] << (31 - bit);
                continue;
            }

            numbers[bit] = numbers[bit - degree] ^ (numbers[bit - degree] >> degree);
            for (var term = 1; term < degree; term++)
            {
                if (((inner >> (degree - 1 - term)) & 1) != 0)
                    numbers[bit] ^= numbers[bit - term];
            }
        }

        return numbers;
    }
}
