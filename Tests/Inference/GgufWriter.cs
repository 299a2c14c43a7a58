using System.Text;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Tests.Inference;

/// <summary>Writes GGUF files for tests to read, and breaks a rule where it is told to.</summary>
public sealed class GgufWriter
{
    private readonly List<(string Key, uint Type, Action<BinaryWriter> Write)> _keys = [];
    private readonly List<(string Name, int[] Shape, uint Type, byte[] Bytes, ulong? Offset)> _tensors = [];

    public uint Magic { get; init; } = 0x46554747;

    public uint Version { get; init; } = 3;

    public int Alignment { get; init; } = 32;

    public ulong? TensorCount { get; init; }

    public ulong? KeyCount { get; init; }

    public GgufWriter Key(string key, uint value) => Raw(key, 4, writer => writer.Write(value));

    public GgufWriter Key(string key, float value) => Raw(key, 6, writer => writer.Write(value));

    public GgufWriter Key(string key, string value) => Raw(key, 8, writer => Text(writer, value));

    public GgufWriter Key(string key, string[] values) => Raw(key, 9, writer =>
    {
        writer.Write(8u);
        writer.Write((ulong)values.Length);
        foreach (var value in values)
        {
            Text(writer, value);
        }
    });

    public GgufWriter Raw(string key, uint type, Action<BinaryWriter> write)
    {
        _keys.Add((key, type, write));
        return this;
    }

    /// <param name="name">Its name.</param>
    /// <param name="shape">Outermost dimension first, as everywhere but in the file.</param>
    /// <param name="type">How it is stored.</param>
    /// <param name="bytes">The blocks.</param>
    /// <param name="offset">A wrong place to say; null: where it is.</param>
    public GgufWriter Add(string name, int[] shape, uint type, byte[] bytes, ulong? offset = null)
    {
        _tensors.Add((name, shape, type, bytes, offset));
        return this;
    }

    public GgufWriter Add(string name, int[] shape, float[] values) =>
        Add(name, shape, (uint)GgufTensorType.F32, [.. values.SelectMany(BitConverter.GetBytes)]);

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)_tensors.Count);
        writer.Write(KeyCount ?? (ulong)_keys.Count);
        foreach (var (key, type, write) in _keys)
        {
            Text(writer, key);
            writer.Write(type);
            write(writer);
        }

        var place = 0UL;
        foreach (var (name, shape, type, bytes, offset) in _tensors)
        {
            Text(writer, name);
            writer.Write((uint)shape.Length);
            foreach (var size in shape.Reverse())
            {
                writer.Write((ulong)size);
            }

            writer.Write(type);
            writer.Write(offset ?? place);
            place = (place + (ulong)bytes.Length + (ulong)Alignment - 1) & ~((ulong)Alignment - 1);
        }

        foreach (var (_, _, _, bytes, _) in _tensors)
        {
            Pad(stream);
            writer.Write(bytes);
        }

        Pad(stream);
        return stream.ToArray();
    }

    private void Pad(MemoryStream stream)
    {
        while (stream.Length % Alignment != 0)
        {
            stream.WriteByte(0);
        }
    }

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
