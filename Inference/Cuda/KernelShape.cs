using System.Globalization;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>What kernels are compiled for, so that loops over a head have a known end. <c>Inference/Cuda/Kernels/common.cu</c> says what each means.</summary>
/// <param name="HeadSize">Numbers of a head; even.</param>
/// <param name="Group">Query heads for each key-value head.</param>
/// <param name="SplitTokens">Positions that one block of threads looks at in attention; a multiple of 16.</param>
/// <param name="Quantized">Whether activations are wanted as int8 too.</param>
/// <param name="HalfCache">Whether keys and values are bfloat16; else float32.</param>
internal sealed record KernelShape(int HeadSize, int Group, int SplitTokens, bool Quantized, bool HalfCache)
{
    /// <summary>What a split has where nobody says otherwise. Not measured.</summary>
    public const int DefaultSplitTokens = 256;

    // Four warps keep their sums of values in shared memory, 48 KiB of which every GPU gives without being asked.
    private const int MostTileNumbers = 2048;
    private const int MostTileHeads = 8;

    /// <summary>Query heads that one block of threads computes: of those that share a key-value head as many as fit.</summary>
    public int TileHeads
        => Enumerable.Range(1, MostTileHeads).Last(heads => Group % heads == 0 && (heads == 1 || heads * HeadSize <= MostTileNumbers));

    /// <summary>Numbers of one head's part of attention: its values, the largest score, the sum of weights.</summary>
    public int PartNumbers => HeadSize + 2;

    /// <summary>Numbers that a head of the cache takes.</summary>
    public int HeadStride => (HeadSize + 7) / 8 * 8;

    /// <summary>Bytes of a cached number.</summary>
    public int CacheNumberBytes => HalfCache ? sizeof(ushort) : sizeof(float);

    /// <summary>The compiler's definitions: <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Defines =>
    [
        Define("HEAD_SIZE", HeadSize), Define("GROUP", Group), Define("TILE_HEADS", TileHeads), Define("SPLIT_TOKENS", SplitTokens),
        Define("QUANTIZED", Quantized ? 1 : 0), Define("CACHE_BFLOAT16", HalfCache ? 1 : 0),
    ];

    /// <summary>Bytes of cache for one block of positions of a model.</summary>
    public long BlockBytes(DecoderConfig config) => 2L * config.Layers * config.KeyValueHeads * IDecoder.BlockTokens * HeadStride * CacheNumberBytes;

    private static string Define(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value}");
}
