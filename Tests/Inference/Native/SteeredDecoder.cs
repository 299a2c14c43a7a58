using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>
/// A decoder without a model, for what no real model does on demand: the next token is always the last one plus one, faults come when told to, and a
/// position that is not where the batch says it is an error of its own.
/// </summary>
internal sealed class SteeredDecoder : IDecoder, IDecoderFactory
{
    private readonly Dictionary<int, int> _stored = [];

    /// <summary>Called before each step that begins prompts, for each of them; may throw.</summary>
    public Action<int[]> OnPrefill { get; set; } = _ => { };

    /// <summary>Called before each step with the tokens of the answers under way that it computes; may throw.</summary>
    public Action<int[]> OnDecode { get; set; } = _ => { };

    /// <summary>Blocks that it has; more than the engine asks for makes no sense.</summary>
    public int Blocks { get; private set; }

    public int VocabularySize => TinyModel.VocabularySize;

    public int ContextTokens => TinyModel.ContextTokens;

    /// <summary>Rows of each step so far.</summary>
    public List<int> Steps { get; } = [];

    public ITransformer Make(ModelFolder model, int contextTokens, int blocks)
    {
        Blocks = blocks;
        return this;
    }

    public void Compute(StepBatch batch, Span<float> logits)
    {
        Steps.Add(batch.Rows);
        var ids = batch.Ids.ToArray();
        foreach (var entry in batch.Entries.Where(entry => entry.Position == 0))
        {
            OnPrefill(ids[entry.FirstRow..(entry.FirstRow + entry.Rows)]);
        }

        if (batch.Entries.Any(entry => entry.Position > 0))
        {
            OnDecode([.. batch.Entries.Where(entry => entry.Position > 0).Select(entry => ids[entry.FirstRow])]);
        }

        foreach (var entry in batch.Entries)
        {
            for (var position = 0; position < entry.Position; position++)
            {
                Require(_stored.GetValueOrDefault(entry.Blocks.Slot(position), -1) == position, $"position {position} is not where the batch says");
            }

            for (var row = 0; row < entry.Rows; row++)
            {
                _stored[entry.Blocks.Slot(entry.Position + row)] = entry.Position + row;
            }

            for (var row = 0; row < entry.LogitRows; row++)
            {
                Say(ids[entry.FirstRow + entry.Rows - entry.LogitRows + row] + 1, logits.Slice((entry.FirstLogitRow + row) * VocabularySize, VocabularySize));
            }
        }
    }

    public void Clear(int block)
    {
        for (var slot = block * IDecoder.BlockTokens; slot < (block + 1) * IDecoder.BlockTokens; slot++)
        {
            _stored.Remove(slot);
        }
    }

    /// <summary>Positions that are stored, of whomever.</summary>
    public int Stored => _stored.Count;

    public void Dispose()
    {
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private static void Say(int id, Span<float> logits)
    {
        logits.Clear();
        logits[id % logits.Length] = 10;
    }
}
