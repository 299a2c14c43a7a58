using System.Text;

namespace CocoonOrleans.Inference.Formats;

/// <summary>Writes a GGUF file, version 3, little-endian (github.com/ggml-org/ggml, <c>docs/gguf.md</c>).</summary>
public sealed class GgufFileWriter
{
    private const uint Magic = 0x46554747;
    private const uint Version = 3;
    private const int Alignment = 32;
    private const int ChunkBytes = 1 << 20;

    private readonly List<(string Name, ValueType Type, Action<BinaryWriter> Write)> _keys = [];
    private readonly List<(GgufTensorInfo Info, float[] Values)> _tensors = [];
    private long _dataLength;

    // As the file format numbers them; the others are not written.
    private enum ValueType : uint
    {
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        Text = 8,
        Array = 9,
    }

    /// <summary>Adds a key with a whole number, 0 or more.</summary>
    public void Add(string key, int value) => _keys.Add((key, ValueType.UInt32, writer => writer.Write(checked((uint)value))));

    /// <summary>Adds a key with a number.</summary>
    public void Add(string key, double value) => _keys.Add((key, ValueType.Float32, writer => writer.Write((float)value)));

    /// <summary>Adds a key with a truth value.</summary>
    public void Add(string key, bool value) => _keys.Add((key, ValueType.Bool, writer => writer.Write(value)));

    /// <summary>Adds a key with a text.</summary>
    public void Add(string key, string value) => _keys.Add((key, ValueType.Text, writer => WriteText(writer, value)));

    /// <summary>Adds a key with a list of texts.</summary>
    public void Add(string key, IReadOnlyCollection<string> values) => AddArray(key, ValueType.Text, values, WriteText);

    /// <summary>Adds a key with a list of numbers.</summary>
    public void Add(string key, IReadOnlyCollection<float> values) => AddArray(key, ValueType.Float32, values, (writer, value) => writer.Write(value));

    /// <summary>Adds a key with a list of whole numbers.</summary>
    public void Add(string key, IReadOnlyCollection<int> values) => AddArray(key, ValueType.Int32, values, (writer, value) => writer.Write(value));

    /// <summary>Adds a key with a list of truth values.</summary>
    public void Add(string key, IReadOnlyCollection<bool> values) => AddArray(key, ValueType.Bool, values, (writer, value) => writer.Write(value));

    /// <summary>Adds a tensor. It is converted when it is written.</summary>
    /// <param name="tensor">Its name, shape and weights.</param>
    /// <param name="type">How to store it; its rows must be whole blocks.</param>
    /// <exception cref="ArgumentException">They aren't, or the type can't be written.</exception>
    public void Add(WeightTensor tensor, GgufTensorType type)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!type.IsWritten() || tensor.Shape[^1] % type.BlockElements() != 0)
        {
            throw new ArgumentException($"{type} can't be written, or not in rows of {tensor.Shape[^1]}", nameof(type));
        }

        var info = new GgufTensorInfo(tensor.Name, type, tensor.Shape, GgufHeaderReader.Align(_dataLength, Alignment), tensor.Values.Length);
        _tensors.Add((info, tensor.Values));
        _dataLength = info.Start + info.Length;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to; written forward only.</param>
    /// <param name="cancellationToken">Gives up between two chunks of a mebibyte.</param>
    /// <exception cref="ModelFormatException">A weight is too large for its type.</exception>
    public void Write(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var header = new MemoryStream();
        WriteHeader(header);
        stream.Write(header.GetBuffer().AsSpan(0, (int)header.Length));
        WritePadding(stream, header.Length);
        foreach (var (info, values) in _tensors)
        {
            WriteTensor(stream, info, values, cancellationToken);
            WritePadding(stream, info.Length);
        }
    }

    private void WriteHeader(MemoryStream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_keys.Count);
        foreach (var (name, type, write) in _keys)
        {
            WriteText(writer, name);
            writer.Write((uint)type);
            write(writer);
        }

        foreach (var (info, _) in _tensors)
        {
            WriteText(writer, info.Name);
            writer.Write((uint)info.Shape.Count);
            foreach (var size in info.Shape.Reverse())
            {
                writer.Write((ulong)size);
            }

            writer.Write((uint)info.Type);
            writer.Write((ulong)info.Start);
        }
    }

    private static void WriteTensor(Stream stream, GgufTensorInfo info, float[] values, CancellationToken cancellationToken)
    {
        var step = ChunkBytes / info.Type.BlockBytes() * info.Type.BlockElements();
        var chunk = new byte[ChunkBytes];
        for (var done = 0; done < values.Length; done += step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = values.AsSpan(done, Math.Min(step, values.Length - done));
            var bytes = chunk.AsSpan(0, part.Length / info.Type.BlockElements() * info.Type.BlockBytes());
            if (!info.Type.TryWriteFloats(part, bytes))
            {
                throw new ModelFormatException("weights", info.Name, $"has numbers that {info.Type} can't hold");
            }

            stream.Write(bytes);
        }
    }

    private void AddArray<T>(string key, ValueType type, IReadOnlyCollection<T> values, Action<BinaryWriter, T> write)
        => _keys.Add((key, ValueType.Array, writer => WriteArray(writer, type, values, write)));

    private static void WriteArray<T>(BinaryWriter writer, ValueType type, IReadOnlyCollection<T> values, Action<BinaryWriter, T> write)
    {
        writer.Write((uint)type);
        writer.Write((ulong)values.Count);
        foreach (var value in values)
        {
            write(writer, value);
        }
    }

    private static void WritePadding(Stream stream, long length) => stream.Write(stackalloc byte[(int)(GgufHeaderReader.Align(length, Alignment) - length)]);

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
