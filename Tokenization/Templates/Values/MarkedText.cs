namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>A text that knows which of its parts came from a message: what stands there must never be read as a special token. Immutable.</summary>
internal sealed class MarkedText
{
    private MarkedText(string text, TextRange[] fromMessages)
    {
        Text = text;
        FromMessages = fromMessages;
    }

    public string Text { get; }

    /// <summary>In order, none empty, none touching the next.</summary>
    public IReadOnlyList<TextRange> FromMessages { get; }

    public static MarkedText FromTemplate(string text) => new(text, []);

    public static MarkedText FromMessage(string text) => new(text, text.Length == 0 ? [] : [new TextRange(0, text.Length)]);

    public MarkedText Slice(int start, int length)
    {
        var ranges = new List<TextRange>();
        foreach (var range in FromMessages)
        {
            var (from, to) = (Math.Max(range.Start, start), Math.Min(range.End, start + length));
            if (from < to)
            {
                ranges.Add(new TextRange(from - start, to - start));
            }
        }

        return new MarkedText(Text.Substring(start, length), [.. ranges]);
    }

    public MarkedText Trim()
    {
        var start = Text.Length - Text.AsSpan().TrimStart().Length;
        return Slice(start, Text.AsSpan(start).TrimEnd().Length);
    }

    public static MarkedText operator +(MarkedText left, MarkedText right)
    {
        var ranges = new List<TextRange>(left.FromMessages);
        foreach (var range in right.FromMessages)
        {
            AddShifted(ranges, range, left.Text.Length);
        }

        return new MarkedText(left.Text + right.Text, [.. ranges]);
    }

    /// <summary>Adds a range moved to the right; one that touches the last becomes part of it.</summary>
    public static void AddShifted(List<TextRange> ranges, TextRange range, int shift)
    {
        var moved = new TextRange(range.Start + shift, range.End + shift);
        if (ranges.Count > 0 && ranges[^1].End == moved.Start)
        {
            ranges[^1] = new TextRange(ranges[^1].Start, moved.End);
        }
        else
        {
            ranges.Add(moved);
        }
    }
}
