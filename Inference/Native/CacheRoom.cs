using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>How much memory there is for a model's keys and values.</summary>
/// <param name="Bytes">Bytes that may be taken.</param>
/// <param name="BytesPerToken">Bytes for one position of one sequence.</param>
/// <param name="Place">Whose memory it is, for people: "this machine", "GPU 0".</param>
internal sealed record CacheRoom(long Bytes, long BytesPerToken, string Place)
{
    /// <summary>The machine's memory, for float32 numbers.</summary>
    public static CacheRoom OfMachine(TransformerConfig config)
        => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, config.CacheNumbersPerToken * sizeof(float), "this machine");
}
