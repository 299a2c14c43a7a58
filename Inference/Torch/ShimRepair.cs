using System.Buffers.Binary;
using System.Security.Cryptography;
using CocoonOrleans.Inference.Caching;

namespace CocoonOrleans.Inference.Torch;

/// <summary>
/// TorchSharp 0.107.0's native shim asks for GCC 13's <c>GLIBCXX_3.4.32</c>, for one symbol that no relocation uses, so Debian 12's
/// loader refuses it. The repair sets <c>VER_FLG_WEAK</c> on that one version need (two bytes) in a private copy.
/// </summary>
public static class ShimRepair
{
    /// <summary>The version that the shim asks for and doesn't use.</summary>
    public const string UnusedVersion = "GLIBCXX_3.4.32";

    /// <summary>The repaired bytes of a shim.</summary>
    /// <exception cref="ElfFormatException">The shim is not an ELF library, or does not ask for <see cref="UnusedVersion"/> exactly once.</exception>
    public static byte[] Repair(ReadOnlySpan<byte> shim)
    {
        var needs = ElfVersionNeed.ReadAll(shim).Where(need => need.Version == UnusedVersion).ToList();
        if (needs is not [var need])
        {
            throw new ElfFormatException($"it asks for {UnusedVersion} {needs.Count} times; the repair knows a library that asks once");
        }

        var repaired = shim.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(repaired.AsSpan(need.FlagsOffset, sizeof(ushort)), (ushort)(need.Flags | ElfVersionNeed.Weak));
        return repaired;
    }

    /// <summary>Makes sure that the repaired copy of a shim lies in the cache, byte for byte as it should be, and returns its path.</summary>
    /// <exception cref="ElfFormatException">See <see cref="Repair"/>.</exception>
    /// <exception cref="IOException">The cache can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The cache belongs to somebody else.</exception>
    public static string CopyInto(string cacheFolder, string shim)
    {
        var shipped = File.ReadAllBytes(shim);
        var expected = Repair(shipped);
        var folder = Path.Combine(Path.GetFullPath(cacheFolder), Convert.ToHexStringLower(SHA256.HashData(shipped)));
        PrivateFolder.Take(folder);

        // The copy is code that this process runs: what lies there is trusted only if it is what we would write.
        var copy = Path.Combine(folder, Path.GetFileName(shim));
        if (!Holds(copy, expected))
        {
            PrivateFolder.Write(copy, expected);
        }

        return copy;
    }

    private static bool Holds(string file, ReadOnlySpan<byte> expected)
        => File.Exists(file) && new FileInfo(file).Length == expected.Length && File.ReadAllBytes(file).AsSpan().SequenceEqual(expected);
}
