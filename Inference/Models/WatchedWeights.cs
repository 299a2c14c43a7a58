using System.Collections;
using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>Weights that tell how much of them a decoder was made of: whoever asks for the next tensor is done with those before.</summary>
/// <param name="weights">The weights.</param>
/// <param name="taken">Told bytes done and bytes to do, as float32.</param>
internal sealed class WatchedWeights(IReadOnlyDictionary<string, WeightTensor> weights, Action<long, long> taken) : IReadOnlyDictionary<string, WeightTensor>
{
    private readonly long _total = weights.Values.Sum(Bytes);
    private long _done;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => weights.Keys;

    /// <inheritdoc/>
    public IEnumerable<WeightTensor> Values => weights.Values;

    /// <inheritdoc/>
    public int Count => weights.Count;

    /// <inheritdoc/>
    public WeightTensor this[string key] => TryGetValue(key, out var tensor) ? tensor : throw new KeyNotFoundException(key);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => weights.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out WeightTensor value)
    {
        if (!weights.TryGetValue(key, out value))
        {
            return false;
        }

        taken(_done, _total);
        _done = Math.Min(_total, _done + Bytes(value));
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, WeightTensor>> GetEnumerator() => weights.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static long Bytes(WeightTensor tensor) => (long)tensor.Values.Length * sizeof(float);
}
