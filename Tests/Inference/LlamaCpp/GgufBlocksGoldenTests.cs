using System.Runtime.InteropServices;
using System.Text.Json;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>Quantised blocks that ggml wrote, and what it reads out of them itself.</summary>
public sealed class GgufBlocksGoldenTests
{
    private const int Count = 512;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { WriteIndented = true };
    private static readonly GgufTensorType[] Quantised = [GgufTensorType.Q4_0, GgufTensorType.Q8_0, GgufTensorType.Q4_K, GgufTensorType.Q6_K];
    private static readonly string Golden = Path.Combine(LlamaCppRun.Goldens, "blocks.json");

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Quantise(float[] weights, byte[] blocks, long count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Dequantise(byte[] blocks, float[] weights, long count);

    public static TheoryData<GgufTensorType> Types => [.. Quantised];

    public static TheoryData<GgufTensorType> WrittenTypes => [GgufTensorType.Q4_0, GgufTensorType.Q8_0];

    /// <summary>Small and large weights, a block of zeros, and ties.</summary>
    private static float[] Weights
    {
        get
        {
            var random = new Random(5);
            return [.. Enumerable.Range(0, Count).Select(i => i / 32 == 3 ? 0 : i / 32 == 5 ? i % 8 - 4 : (float)((random.NextDouble() - 0.5) * Math.Pow(10, i / 64 - 4)))];
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void ToFloats_BlocksOfGgml_GivesGgmlsNumbers(GgufTensorType type)
    {
        var golden = Load()[type.ToString()];
        var weights = new float[Count];

        type.ToFloats(golden.Blocks, weights);

        Assert.Equal(MemoryMarshal.Cast<byte, float>(golden.Floats).ToArray(), weights);
    }

    [Theory]
    [MemberData(nameof(WrittenTypes))]
    public void TryWriteFloats_SameWeights_GivesGgmlsBlocks(GgufTensorType type)
    {
        var blocks = new byte[Count / type.BlockElements() * type.BlockBytes()];

        Assert.True(type.TryWriteFloats(Weights, blocks));

        Assert.Equal(Load()[type.ToString()].Blocks, blocks);
    }

    [SkippableFact]
    public void Ggml_SameWeights_GivesTheRecordedBlocks()
    {
        LlamaCppRun.SkipUnlessAsked();
        var library = NativeLibrary.Load(LlamaCppRun.GgmlLibrary);
        var asked = Quantised.ToDictionary(type => type.ToString(), type => Ask(library, type));
        if (LlamaCppRun.Records)
        {
            File.WriteAllText(Golden, JsonSerializer.Serialize(asked, Json) + "\n");
        }

        Assert.Equal(File.ReadAllText(Golden), JsonSerializer.Serialize(asked, Json) + "\n");
    }

    private static BlocksGolden Ask(nint library, GgufTensorType type)
    {
        var blocks = new byte[Count / type.BlockElements() * type.BlockBytes()];
        var floats = new float[Count];
        var name = type.ToString().Replace('Q', 'q');
        Marshal.GetDelegateForFunctionPointer<Quantise>(NativeLibrary.GetExport(library, $"quantize_row_{name}_ref"))(Weights, blocks, Count);
        Marshal.GetDelegateForFunctionPointer<Dequantise>(NativeLibrary.GetExport(library, $"dequantize_row_{name}"))(blocks, floats, Count);
        return new BlocksGolden(blocks, MemoryMarshal.AsBytes<float>(floats).ToArray());
    }

    private static Dictionary<string, BlocksGolden> Load() => JsonSerializer.Deserialize<Dictionary<string, BlocksGolden>>(File.ReadAllText(Golden), Json)!;

    private sealed record BlocksGolden(byte[] Blocks, byte[] Floats);
}
