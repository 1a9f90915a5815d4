using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Nola.Training.Native;

/// <summary>
/// Makes TorchSharp's library load on systems whose C++ runtime is older than GCC 13 (Debian 12, Ubuntu 22.04, RHEL 9).
/// </summary>
/// <remarks>
/// libLibTorchSharp.so of TorchSharp 0.107 asks for symbol version GLIBCXX_3.4.32, behind which stands a single symbol
/// (<c>_ZSt21ios_base_library_initv</c>) that no relocation uses. Marking the requirement as weak makes the loader accept an older runtime.
/// </remarks>
public static class SymbolVersions
{
    /// <summary>The version that those systems lack.</summary>
    public const string MissingOnOlderSystems = "GLIBCXX_3.4.32";

    private const int SectionTypeVersionNeeded = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>Path of a private copy of the library with the requirement marked weak; made once and kept in the user's cache folder.</summary>
    public static string PatchedCopy(string library)
    {
        var bytes = File.ReadAllBytes(library);
        var cache = Path.Combine(CacheFolder(), Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
        var patched = Path.Combine(cache, Path.GetFileName(library));
        if (File.Exists(patched))
            return patched;
        if (!MarkWeak(bytes, MissingOnOlderSystems))
            throw new NativeLibraryException($"{library} needs {MissingOnOlderSystems}, which this system's libstdc++ lacks; use a system with GCC 13 or newer (Ubuntu 24.04, Debian 13).");
        Directory.CreateDirectory(cache);
        var temporary = Path.Combine(cache, $".{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, patched, overwrite: true);
        return patched;
    }

    /// <summary>Marks the required version as weak in a 64-bit little-endian ELF file held in memory; false when it does not require it.</summary>
    public static bool MarkWeak(Span<byte> elf, string version)
    {
        var found = false;
        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..]);
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3A..]), count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3C..]);
        for (var index = 0; index < count; index++)
        {
            var section = elf[(sections + (index * entrySize))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != SectionTypeVersionNeeded)
                continue;
            var offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(section[24..]);
            var strings = (int)BinaryPrimitives.ReadUInt64LittleEndian(
                elf[(sections + ((int)BinaryPrimitives.ReadUInt32LittleEndian(section[40..]) * entrySize) + 24)..]);
            found |= MarkWeakIn(elf, offset, strings, version);
        }

        return found;
    }

    // verneed: version, aux count, file, aux offset, next; vernaux: hash, flags, other, name, next. See the System V ABI, gnu.version_r.
    private static bool MarkWeakIn(Span<byte> elf, int need, int strings, string version)
    {
        var found = false;
        while (true)
        {
            var auxiliaries = BinaryPrimitives.ReadUInt16LittleEndian(elf[(need + 2)..]);
            var auxiliary = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 8)..]);
            for (var index = 0; index < auxiliaries; index++)
            {
                var name = elf[(strings + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 8)..]))..];
                if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == version)
                {
                    var flags = BinaryPrimitives.ReadUInt16LittleEndian(elf[(auxiliary + 4)..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(auxiliary + 4)..], (ushort)(flags | WeakFlag));
                    found = true;
                }

                auxiliary += (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 12)..]);
            }

            var next = (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 12)..]);
            if (next == 0)
                return found;
            need += next;
        }
    }

    private static string CacheFolder() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? home : Path.GetTempPath(), ".cache"),
        "nola",
        "native");
}
