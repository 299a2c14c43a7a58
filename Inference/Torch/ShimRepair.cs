using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CocoonOrleans.Inference.Torch;

/// <summary>
/// TorchSharp 0.107.0's native shim asks for GCC 13's <c>GLIBCXX_3.4.32</c>, for one symbol that no relocation uses, so Debian 12's
/// loader refuses it. The repair sets <c>VER_FLG_WEAK</c> on that one version need (two bytes) in a private copy.
/// </summary>
public static class ShimRepair
{
    /// <summary>The version that the shim asks for and doesn't use.</summary>
    public const string UnusedVersion = "GLIBCXX_3.4.32";

    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

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
        TakeFolder(folder);

        // The copy is code that this process runs: what lies there is trusted only if it is what we would write.
        var copy = Path.Combine(folder, Path.GetFileName(shim));
        if (!Holds(copy, expected))
        {
            Write(copy, expected);
        }

        return copy;
    }

    private static void TakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("the shim is repaired on Linux only");
        }

        Directory.CreateDirectory(folder, OnlyOwner);
        try
        {
            // Only the owner may change a mode: this fails where another user made the folder first.
            File.SetUnixFileMode(folder, OnlyOwner);
        }
        catch (IOException) when (File.GetUnixFileMode(folder) == OnlyOwner)
        {
            // A read-only file system that holds a folder prepared before.
        }
    }

    private static bool Holds(string file, ReadOnlySpan<byte> expected)
        => File.Exists(file) && new FileInfo(file).Length == expected.Length && File.ReadAllBytes(file).AsSpan().SequenceEqual(expected);

    private static void Write(string file, byte[] bytes)
    {
        var temporary = $"{file}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
