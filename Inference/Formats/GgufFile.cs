namespace CocoonOrleans.Inference.Formats;

/// <summary>Reads a GGUF file from its first byte to its last, once: whoever owns the disk can't show the reader one thing and the hash another.</summary>
public sealed class GgufFile
{
    private const int ChunkBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly long _length;
    private readonly string _file;
    private readonly GgufHeader _header;

    private GgufFile(Stream stream, long length, string file, GgufHeader header) => (_stream, _length, _file, _header) = (stream, length, file, header);

    /// <summary>The keys of the header.</summary>
    public GgufMetadata Metadata => _header.Metadata;

    /// <summary>What the header says of the tensors, in the order of their bytes.</summary>
    public IReadOnlyList<GgufTensorInfo> Tensors => _header.Tensors;

    /// <summary>Reads the header; <see cref="ReadTensors"/> reads the rest.</summary>
    /// <param name="stream">The file, at its start. Everything is read through it, so a hashing stream sees every byte.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <param name="file">The file's name for error messages.</param>
    /// <exception cref="ModelFormatException">The header breaks a rule, or has a version, type or size that is not supported.</exception>
    public static GgufFile Open(Stream stream, long length, string file) => new(stream, length, file, new GgufHeaderReader(stream, length, file).Read());

    /// <summary>All tensors as float32, in the order of their bytes. Once only: the stream goes forward.</summary>
    /// <param name="cancellationToken">Gives up between two chunks of a mebibyte.</param>
    /// <param name="room">The room for the weights; null for what the machine has.</param>
    /// <exception cref="ModelFormatException">The file ended early, or holds more than there is room for.</exception>
    public IEnumerable<WeightTensor> ReadTensors(CancellationToken cancellationToken, WeightRoom? room = null)
    {
        (room ?? WeightRoom.OfMachine()).Take(_file, Tensors.Select(info => (long)info.Elements));
        return Read(cancellationToken);
    }

    private IEnumerable<WeightTensor> Read(CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkBytes];
        var headerEnd = _stream.Position;
        Skip(chunk, _header.DataStart - headerEnd);
        var position = 0L;
        foreach (var info in Tensors)
        {
            Skip(chunk, info.Start - position);
            var values = new float[info.Elements];
            var step = ChunkBytes / info.Type.BlockBytes() * info.Type.BlockElements();
            for (var done = 0; done < values.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(values.Length - done, step);
                var bytes = chunk.AsSpan(0, count / info.Type.BlockElements() * info.Type.BlockBytes());
                Fill(bytes, info.Name);
                info.Type.ToFloats(bytes, values.AsSpan(done, count));
                done += count;
            }

            position = info.Start + info.Length;
            yield return new WeightTensor(info.Name, info.Shape, values);
        }

        // The last padding is a part of the file, and so of its hash.
        Skip(chunk, _length - _header.DataStart - position);
    }

    // Never more than the alignment asks for: the header was checked.
    private void Skip(byte[] chunk, long count) => Fill(chunk.AsSpan(0, (int)count), "padding");

    private void Fill(Span<byte> buffer, string field)
    {
        if (_stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw new ModelFormatException(_file, field, "the file ended early");
        }
    }
}
