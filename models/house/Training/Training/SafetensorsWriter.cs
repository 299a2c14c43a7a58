using System.Buffers.Binary;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace CocoonOrleans.HouseModel.Training;

/// <summary>Writes tensors in the safetensors format: length of the header (u64 little-endian), header in JSON, data.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes the tensors in the order given.</summary>
    /// <param name="file">Path; replaced at once when all is written.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="half">Whether to store bfloat16 (rounded to nearest even) instead of float32.</param>
    /// <param name="metadata">Texts for the header.</param>
    public static void Write(string file, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool half, IReadOnlyDictionary<string, string> metadata)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var all = tensors.ToArray();
        var header = new JsonObject { ["__metadata__"] = new JsonObject(metadata.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value))) };
        var at = 0L;
        foreach (var (name, value) in all)
        {
            var end = at + (value.NumberOfElements * (half ? sizeof(ushort) : sizeof(float)));
            header.Add(name, new JsonObject
            {
                ["dtype"] = half ? "BF16" : "F32",
                ["shape"] = new JsonArray([.. value.shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(at, end),
            });
            at = end;
        }

        var json = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        var padded = new byte[sizeof(long) + ((json.Length + Alignment - 1) / Alignment * Alignment)];
        padded.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(padded, padded.Length - sizeof(long));
        json.CopyTo(padded, sizeof(long));
        var temporary = file + ".part";
        using (var stream = File.Create(temporary))
        {
            stream.Write(padded);
            foreach (var (_, value) in all)
            {
                stream.Write(value.detach().to(half ? bfloat16 : float32).contiguous().bytes.ToArray());
            }
        }

        File.Move(temporary, file, overwrite: true);
    }
}
