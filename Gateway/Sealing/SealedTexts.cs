namespace CocoonOrleans.Gateway.Sealing;

/// <summary>
/// Texts that clients may come back for, each sealed under its client's API key. In memory alone: they end with the process, and other gateways don't have them. The oldest go first where
/// there are too many. Thread-safe.
/// </summary>
/// <param name="keepFor">How long a text is kept.</param>
/// <param name="maxBytes">The most bytes of all of them.</param>
/// <param name="time">The clock.</param>
internal sealed class SealedTexts(TimeSpan keepFor, long maxBytes, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Box> _boxes = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _oldestFirst = [];
    private long _bytes;

    /// <summary>Keeps a text, in place of an older one with the same id.</summary>
    public void Keep(string keyId, string apiKey, string id, ReadOnlySpan<byte> text)
    {
        byte[] sealedText = ClientKeySeal.Seal(apiKey, id, text);
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            Drop(id);
            _boxes.Add(id, new Box(keyId, sealedText, now + keepFor, _oldestFirst.AddLast(id)));
            _bytes += sealedText.Length;
            while (_bytes > maxBytes && _oldestFirst.First is { } oldest)
            {
                Drop(oldest.Value);
            }
        }
    }

    /// <summary>A key's text, opened with the key; null where there is none.</summary>
    public byte[]? Find(string keyId, string apiKey, string id)
    {
        Box? box;
        lock (_lock)
        {
            box = _boxes.GetValueOrDefault(id);
        }

        return box is not null && box.KeyId == keyId && box.Until > time.GetUtcNow() ? ClientKeySeal.Open(apiKey, id, box.Text) : null;
    }

    /// <summary>Forgets a key's text.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(string keyId, string id)
    {
        lock (_lock)
        {
            return _boxes.GetValueOrDefault(id) is { } box && box.KeyId == keyId && Drop(id);
        }
    }

    /// <summary>Forgets what is too old.</summary>
    public void Sweep()
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            while (_oldestFirst.First is { } oldest && _boxes[oldest.Value].Until <= now)
            {
                Drop(oldest.Value);
            }
        }
    }

    private bool Drop(string id)
    {
        if (!_boxes.Remove(id, out Box? box))
        {
            return false;
        }

        _oldestFirst.Remove(box.Place);
        _bytes -= box.Text.Length;
        return true;
    }

    private sealed record Box(string KeyId, byte[] Text, DateTimeOffset Until, LinkedListNode<string> Place);
}
