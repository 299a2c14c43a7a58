namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>A text that knows which of its parts came from a message: what stands there must never be read as a special token. Immutable.</summary>
internal sealed class MarkedText
{
    private readonly TextRange[] _fromMessages;

    /// <param name="text">The text.</param>
    /// <param name="fromMessages">In order, none empty, none touching the next.</param>
    public MarkedText(string text, TextRange[] fromMessages)
    {
        Text = text;
        _fromMessages = fromMessages;
    }

    public static MarkedText Empty { get; } = new("", []);

    public string Text { get; }

    public int Length => Text.Length;

    /// <summary>In order, none empty, none touching the next.</summary>
    public IReadOnlyList<TextRange> FromMessages => _fromMessages;

    public bool IsMarked => _fromMessages.Length > 0;

    public static MarkedText FromTemplate(string text) => text.Length == 0 ? Empty : new(text, []);

    public static MarkedText FromMessage(string text) => text.Length == 0 ? Empty : new(text, [new TextRange(0, text.Length)]);

    /// <summary>A text made of others of which only the whole can be marked.</summary>
    public static MarkedText From(string text, bool marked) => marked ? FromMessage(text) : FromTemplate(text);

    public MarkedText Slice(int start, int length)
    {
        if (length == Length || length == 0)
        {
            return length == 0 ? Empty : this;
        }

        var ranges = new List<TextRange>();
        for (var i = FirstEndingAfter(start); i < _fromMessages.Length && _fromMessages[i].Start < start + length; i++)
        {
            ranges.Add(new TextRange(Math.Max(_fromMessages[i].Start, start) - start, Math.Min(_fromMessages[i].End, start + length) - start));
        }

        return new MarkedText(Text.Substring(start, length), [.. ranges]);
    }

    public MarkedText From(int start) => Slice(start, Length - start);

    /// <summary>The same places with other characters, one for one.</summary>
    public MarkedText WithSameLength(string text) => text.Length == Length ? new(text, _fromMessages) : From(text, IsMarked);

    private int FirstEndingAfter(int place)
    {
        var (low, high) = (0, _fromMessages.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _fromMessages[middle].End <= place ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
