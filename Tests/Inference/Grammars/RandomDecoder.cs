using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;

namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>A decoder that says anything: its logits are noise from -4 to 4, so that only the sampler's mask stands between them and nonsense.</summary>
/// <param name="vocabularySize">Number of logits.</param>
/// <param name="seed">Seed of the noise.</param>
/// <param name="preferred">Ids whose logits are 8 higher: what ends a text, where the grammar would let it go on for ever.</param>
internal sealed class RandomDecoder(int vocabularySize, int seed, params int[] preferred) : IDecoder, IDecoderFactory
{
    private readonly float[] _noise = MakeNoise(vocabularySize, seed);

    public int VocabularySize => vocabularySize;

    public int ContextTokens => int.MaxValue;

    public int Blocks { get; private set; }

    public ITransformer Make(ModelFolder model, int contextTokens, int blocks)
    {
        Blocks = blocks;
        return this;
    }

    public void Compute(StepBatch batch, Span<float> logits)
    {
        foreach (var entry in batch.Entries)
        {
            for (var row = 0; row < entry.LogitRows; row++)
            {
                var at = entry.Rows - entry.LogitRows + row;
                Say(batch.Ids[entry.FirstRow + at], entry.Position + at, logits.Slice((entry.FirstLogitRow + row) * VocabularySize, VocabularySize));
            }
        }
    }

    public void Clear(int block)
    {
    }

    public void Dispose()
    {
    }

    /// <summary>Token and position alone decide, so an answer doesn't depend on what else is computed.</summary>
    private void Say(int id, int position, Span<float> logits)
    {
        var start = (int)((id * 7919L + position * 104_729L) % (_noise.Length - VocabularySize));
        _noise.AsSpan(start, VocabularySize).CopyTo(logits);
        foreach (var end in preferred)
        {
            logits[end] += 8;
        }
    }

    private static float[] MakeNoise(int vocabularySize, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 64 * vocabularySize).Select(_ => (float)(random.NextDouble() * 8 - 4))];
    }
}
