using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>
/// A decoder without a model, for what no real model does on demand: the next token is always the last one plus one, faults come when told to, and a
/// slot that was not cleared or moved properly is an error of its own.
/// </summary>
internal sealed class SteeredDecoder : IDecoder, IDecoderFactory
{
    private readonly Dictionary<int, int> _stored = [];

    /// <summary>Called before each prefill with its prompt; may throw.</summary>
    public Action<int[]> OnPrefill { get; set; } = _ => { };

    /// <summary>Called before each step with the tokens that it computes; may throw.</summary>
    public Action<int[]> OnDecode { get; set; } = _ => { };

    public int VocabularySize => TinyModel.VocabularySize;

    public int ContextTokens => TinyModel.ContextTokens;

    public IDecoder Make(ModelFolder model, int contextTokens, int slots) => this;

    public void Prefill(int slot, ReadOnlySpan<int> ids, Span<float> logits)
    {
        OnPrefill(ids.ToArray());
        if (!_stored.TryAdd(slot, ids.Length))
        {
            throw new InvalidOperationException($"slot {slot} was not empty");
        }

        Say(ids[^1] + 1, logits);
    }

    public void Decode(ReadOnlySpan<int> ids, ReadOnlySpan<int> positions, Span<float> logits)
    {
        OnDecode(ids.ToArray());
        for (var slot = 0; slot < ids.Length; slot++)
        {
            if (positions[slot] != _stored[slot] && positions[slot] != _stored[slot] - 1)
            {
                throw new InvalidOperationException($"slot {slot} holds {_stored[slot]} positions, the next is not {positions[slot]}");
            }

            _stored[slot] = positions[slot] + 1;
            Say(ids[slot] + 1, logits.Slice(slot * VocabularySize, VocabularySize));
        }
    }

    public void Move(int from, int to, int positions)
    {
        _stored.Add(to, _stored[from]);
        _stored.Remove(from);
    }

    public void Clear(int slot, int positions) => _stored.Remove(slot);

    public void Dispose()
    {
    }

    private static void Say(int id, Span<float> logits)
    {
        logits.Clear();
        logits[id % logits.Length] = 10;
    }
}
