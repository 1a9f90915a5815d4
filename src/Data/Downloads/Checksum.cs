using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nola.Data.Downloads;

/// <summary>What the bytes of a file must give.</summary>
/// <param name="Kind">How it is computed.</param>
/// <param name="Value">Hexadecimal, lower case.</param>
public sealed record Checksum(ChecksumKind Kind, string Value)
{
    /// <summary>Whether a file has this checksum.</summary>
    public async Task<bool> Fits(string file, CancellationToken cancel)
    {
        await using var stream = File.OpenRead(file);
        using var hash = IncrementalHash.CreateHash(Kind == ChecksumKind.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (Kind == ChecksumKind.GitBlob)
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0;)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == Value;
    }
}

/// <summary>Kinds of <see cref="Checksum"/>.</summary>
public enum ChecksumKind
{
    /// <summary>SHA-256 of the bytes.</summary>
    Sha256,

    /// <summary>Git's name of the file's content: SHA-1 of <c>blob</c>, the length, a zero byte and the bytes.</summary>
    GitBlob,
}
