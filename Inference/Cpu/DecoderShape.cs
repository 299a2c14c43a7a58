using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Interim: what families differ in.</summary>
internal sealed record DecoderShape(LlamaConfig C)
{
    public int HiddenSize => C.HiddenSize;
    public int IntermediateSize => C.IntermediateSize;
    public int Layers => C.Layers;
    public int Heads => C.Heads;
    public int KeyValueHeads => C.KeyValueHeads;
    public int HeadSize => C.HeadSize;
    public int VocabularySize => C.VocabularySize;
    public double NormEpsilon => C.NormEpsilon;
    public double NormOffset => 0;
    public int RotarySize => C.HeadSize;
    public IReadOnlyList<int> Windows { get; } = new int[C.Layers];
    public double AttentionScale => 1 / Math.Sqrt(C.HeadSize);
    public double? AttentionCap => null;
    public double? LogitCap => null;
    public double EmbeddingScale => 1;
    public GateActivation Activation => GateActivation.Silu;
    public bool QueryKeyNorm => false;
    public bool QueryKeyValueBias => false;
    public bool PostNorms => false;
    public bool FusedProjections => false;
    public bool TiedEmbeddings => C.TiedEmbeddings;
    public double[] Frequencies => [.. Enumerable.Range(0, C.HeadSize / 2).Select(pair => Math.Pow(C.RopeBase, -2.0 * pair / C.HeadSize))];
}
