using System.Buffers.Binary;

namespace CocoonOrleans.Inference.Formats;

/// <summary>Reads a safetensors file from its first byte to its last, once: whoever owns the disk can't show the reader one thing and the hash another.</summary>
public static class SafetensorsFile
{
    private const int PrefixLength = sizeof(ulong);
    private const int ChunkBytes = 1 << 20;

    /// <summary>All tensors of a file, in the order of their bytes.</summary>
    /// <param name="stream">The file, at its start. Everything is read through it, so a hashing stream sees every byte.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <param name="file">The file's name for error messages.</param>
    /// <param name="cancellationToken">Gives up between two chunks of a mebibyte.</param>
    /// <param name="room">The room for the weights of all files; null for what the machine has.</param>
    /// <exception cref="ModelFormatException">The file breaks a rule, is truncated, has a type or size that is not supported, or holds more than there is room for.</exception>
    public static IEnumerable<WeightTensor> Read(Stream stream, long length, string file, CancellationToken cancellationToken, WeightRoom? room = null)
    {
        if (length < PrefixLength)
        {
            throw new ModelFormatException(file, "header length", $"the file has {length} bytes; a safetensors file has at least {PrefixLength}");
        }

        var prefix = new byte[PrefixLength];
        Fill(stream, prefix, file, "header length");
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength is 0 or > SafetensorsHeader.MaximumBytes || (long)headerLength > length - PrefixLength)
        {
            throw new ModelFormatException(file, "header length", $"{headerLength} bytes do not fit a file of {length} bytes (and never more than {SafetensorsHeader.MaximumBytes})");
        }

        var header = new byte[(int)headerLength];
        Fill(stream, header, file, "header");
        var entries = SafetensorsHeader.Parse(header, length - PrefixLength - header.Length, file);
        (room ?? WeightRoom.OfMachine()).Take(file, entries.Select(entry => (long)entry.Elements));
        return ReadTensors(stream, entries, file, cancellationToken);
    }

    private static IEnumerable<WeightTensor> ReadTensors(Stream stream, IReadOnlyList<SafetensorsEntry> entries, string file, CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkBytes];
        foreach (var entry in entries)
        {
            var values = new float[entry.Elements];
            for (var done = 0; done < values.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(values.Length - done, ChunkBytes / entry.Type.Size());
                var bytes = chunk.AsMemory(0, count * entry.Type.Size());
                Fill(stream, bytes.Span, file, entry.Name);
                entry.Type.ToFloats(bytes.Span, values.AsSpan(done, count));
                done += count;
            }

            yield return new WeightTensor(entry.Name, entry.Shape, values);
        }
    }

    private static void Fill(Stream stream, Span<byte> buffer, string file, string field)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw new ModelFormatException(file, field, "the file ended early");
        }
    }
}
