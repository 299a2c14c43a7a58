using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CocoonOrleans.Tests.Inference;

/// <summary>Writes safetensors files of float32 tensors, for tests to read; <see cref="Entries"/> can be changed before to break a rule.</summary>
public sealed class SafetensorsWriter
{
    private readonly List<byte> _data = [];
    private readonly Dictionary<string, float[]> _values = [];

    public Dictionary<string, Dictionary<string, object>> Entries { get; } = [];

    public SafetensorsWriter Add(string name, int[] shape, float[] values)
    {
        var start = (long)_data.Count;
        _data.AddRange(MemoryMarshal.AsBytes<float>(values));
        _values[name] = values;
        Entries[name] = new() { ["dtype"] = "F32", ["shape"] = shape, ["data_offsets"] = new[] { start, (long)_data.Count } };
        return this;
    }

    public SafetensorsWriter Add(string name, string type, int[] shape, byte[] bytes)
    {
        var start = (long)_data.Count;
        _data.AddRange(bytes);
        Entries[name] = new() { ["dtype"] = type, ["shape"] = shape, ["data_offsets"] = new[] { start, (long)_data.Count } };
        return this;
    }

    /// <summary>Sets one number of a tensor that was added.</summary>
    public void Set(string name, int index, float value)
    {
        var start = ((long[])Entries[name]["data_offsets"])[0];
        BinaryPrimitives.WriteSingleLittleEndian(CollectionsMarshal.AsSpan(_data)[(int)(start + index * sizeof(float))..], value);
        _values[name][index] = value;
    }

    /// <summary>Moves tensors into a file of their own.</summary>
    public SafetensorsWriter Split(Func<string, bool> which)
    {
        var part = new SafetensorsWriter();
        foreach (var (name, values) in _values.Where(pair => which(pair.Key)))
        {
            part.Add(name, (int[])Entries[name]["shape"], values);
        }

        return part;
    }

    public byte[] ToBytes() => ToBytes(JsonSerializer.Serialize(Entries));

    public byte[] ToBytes(string header)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        return [.. prefix, .. json, .. _data];
    }
}
