using System.Text.Json;

namespace CocoonOrleans.Inference.Formats;

/// <summary>Reads <c>model.safetensors.index.json</c>, which says in which shard each tensor lies.</summary>
public static class SafetensorsIndex
{
    /// <summary>The file's name in every model folder that has shards.</summary>
    public const string FileName = "model.safetensors.index.json";

    private const int MaximumShards = 1024;
    private const int MaximumTensors = 100_000;

    /// <summary>The shard's file name for every tensor's name.</summary>
    /// <exception cref="ModelFormatException">Not such an index, or a shard's name is not a plain <c>*.safetensors</c> file name.</exception>
    public static IReadOnlyDictionary<string, string> Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object
                || map.GetPropertyCount() is 0 or > MaximumTensors)
            {
                throw new ModelFormatException(FileName, "weight_map", $"must be an object of 1 to {MaximumTensors} tensors");
            }

            var shards = map.EnumerateObject().ToDictionary(property => property.Name, property => ShardName(property));
            return shards.Values.Distinct().Count() <= MaximumShards
                ? shards
                : throw new ModelFormatException(FileName, "weight_map", $"names more than {MaximumShards} shards");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(FileName, "index", $"is not valid JSON: {e.Message}", e);
        }
    }

    private static string ShardName(JsonProperty property)
    {
        var name = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
        // A model must not reach outside of its own folder.
        return name.EndsWith(".safetensors", StringComparison.Ordinal) && name.Length <= 255 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? name
            : throw new ModelFormatException(FileName, property.Name, "its shard must be a plain file name that ends in .safetensors");
    }
}
