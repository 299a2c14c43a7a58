using Microsoft.Win32.SafeHandles;

namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>
/// The files by which a kernel takes and gives: one open, one write; reads to the end, whatever length the file says it has. Tests put a kernel of their
/// own behind these five, over a folder that is none.
/// </summary>
internal class KernelFiles
{
    public virtual bool HasFolder(string path) => Directory.Exists(path);

    /// <summary>Makes an entry; the kernel fills it before this returns.</summary>
    public virtual void CreateEntry(string path) => Directory.CreateDirectory(path);

    /// <summary>Removes an entry. Its files are the kernel's and go with it.</summary>
    public virtual void RemoveEntry(string path) => Directory.Delete(path, recursive: false);

    /// <summary>Writes all bytes in one write. The file must be there: it is never made, cut or locked.</summary>
    public virtual void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = Open(path, FileAccess.Write);
        RandomAccess.Write(file, bytes, fileOffset: 0);
    }

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="most"/>.</exception>
    public virtual byte[] Read(string path, int most)
    {
        using var file = Open(path, FileAccess.Read);
        var buffer = new byte[most + 1];
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(file, buffer.AsSpan(length), length) is var read and > 0)
        {
            length += read;
        }

        return length <= most ? buffer[..length] : throw new InvalidDataException($"{path} has more than {most} bytes.");
    }

    private static SafeFileHandle Open(string path, FileAccess access) => File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
}
