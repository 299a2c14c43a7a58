using System.Text.Json;

namespace CocoonOrleans.Inference.Formats;

/// <summary>
/// Reads the JSON header of a safetensors file. It comes with a model, so it is hostile until checked. The rules are those of
/// github.com/huggingface/safetensors ("Format"): tensors cover the data without holes or overlap.
/// </summary>
public static class SafetensorsHeader
{
    /// <summary>Longest header, in bytes: the limit of the reference implementation.</summary>
    public const int MaximumBytes = 100_000_000;

    private const int MaximumTensors = 100_000;
    private const int MaximumNameLength = 256;
    private const int MaximumRank = 8;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>The tensors, in the order of their bytes.</summary>
    /// <param name="header">The JSON text.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <param name="file">The file's name for error messages.</param>
    /// <exception cref="ModelFormatException">The header breaks a rule, or has a type or size that is not supported.</exception>
    public static IReadOnlyList<SafetensorsEntry> Parse(ReadOnlyMemory<byte> header, long dataLength, string file)
    {
        var entries = ReadEntries(header, file);
        entries.Sort((left, right) => (left.Start, left.End).CompareTo((right.Start, right.End)));

        var covered = 0L;
        foreach (var entry in entries)
        {
            if (entry.Start != covered)
            {
                throw new ModelFormatException(file, entry.Name, $"data_offsets start at {entry.Start}, but the tensors before it end at {covered}");
            }

            covered = entry.End;
        }

        return covered == dataLength
            ? entries
            : throw new ModelFormatException(file, "data", $"the tensors take {covered} bytes, but {dataLength} follow the header: the file is truncated or altered");
    }

    private static List<SafetensorsEntry> ReadEntries(ReadOnlyMemory<byte> header, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(header, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException(file, "header", "is not a JSON object");
            }

            var entries = new List<SafetensorsEntry>();
            foreach (var property in document.RootElement.EnumerateObject().Where(property => !property.NameEquals("__metadata__")))
            {
                if (property.Name.Length is 0 or > MaximumNameLength || entries.Count == MaximumTensors)
                {
                    throw new ModelFormatException(file, "header", $"has more than {MaximumTensors} tensors or a name that is empty or above {MaximumNameLength} characters");
                }

                entries.Add(ReadEntry(property, file));
            }

            return entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name or string that is not valid UTF-8.
            throw new ModelFormatException(file, "header", $"is not valid JSON: {e.Message}", e);
        }
    }

    private static SafetensorsEntry ReadEntry(JsonProperty property, string file)
    {
        var name = property.Name;
        var type = Member(property, "dtype", JsonValueKind.String, file).GetString() switch
        {
            "F32" => WeightType.Float32,
            "BF16" => WeightType.BFloat16,
            "F16" => WeightType.Float16,
            "I64" when name.EndsWith("position_ids", StringComparison.Ordinal) => WeightType.Int64,
            var other => throw new ModelFormatException(file, name, $"dtype {other} is not supported; F32, BF16 and F16 are"),
        };

        var shape = new List<int>();
        var elements = 1L;
        foreach (var item in Member(property, "shape", JsonValueKind.Array, file).EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var size) || size < 0 || shape.Count == MaximumRank)
            {
                throw new ModelFormatException(file, name, $"shape must be at most {MaximumRank} whole numbers from 0 to {int.MaxValue}");
            }

            shape.Add(size);
            elements *= size;
            if (elements > Array.MaxLength)
            {
                throw new ModelFormatException(file, name, $"has more than {Array.MaxLength} elements");
            }
        }

        var offsets = Member(property, "data_offsets", JsonValueKind.Array, file);
        if (offsets.GetArrayLength() != 2 || !TryGetOffset(offsets[0], out var start) || !TryGetOffset(offsets[1], out var end) || end < start)
        {
            throw new ModelFormatException(file, name, "data_offsets must be two whole numbers, the second not below the first");
        }

        var entry = new SafetensorsEntry(name, type, shape, start, (int)elements);
        return end - start == entry.Length
            ? entry
            : throw new ModelFormatException(file, name, $"data_offsets span {end - start} bytes, but shape and dtype need {entry.Length}");
    }

    private static bool TryGetOffset(JsonElement element, out long offset)
    {
        offset = 0;
        // Half of the range keeps every later sum of two offsets inside of it.
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out offset) && offset is >= 0 and <= long.MaxValue / 2;
    }

    private static JsonElement Member(JsonProperty tensor, string name, JsonValueKind kind, string file)
        => tensor.Value.ValueKind == JsonValueKind.Object && tensor.Value.TryGetProperty(name, out var member) && member.ValueKind == kind
            ? member
            : throw new ModelFormatException(file, tensor.Name, $"{name} is missing or not of the kind {kind}");
}
