using System.Text;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>Puts texts together within the bounds of a run, and keeps what came from messages marked.</summary>
internal sealed class MarkedTextBuilder(TemplateRun run)
{
    private readonly StringBuilder _text = new();
    private readonly List<TextRange> _fromMessages = [];

    public IReadOnlyList<TextRange> FromMessages => _fromMessages;

    public void Append(MarkedText text)
    {
        foreach (var range in text.FromMessages)
        {
            Mark(new TextRange(range.Start + _text.Length, range.End + _text.Length));
        }

        run.Spend(text.FromMessages.Count * (long)TemplateRun.CharactersPerStep);
        AppendUnmarked(text.Text);
    }

    public void AppendUnmarked(ReadOnlySpan<char> text)
    {
        run.CheckLength((long)_text.Length + text.Length);
        run.Spend(text.Length);
        _text.Append(text);
    }

    public MarkedText ToText() => _text.Length == 0 ? MarkedText.Empty : new(_text.ToString(), [.. _fromMessages]);

    public override string ToString() => _text.ToString();

    /// <summary>A range that touches the last becomes part of it.</summary>
    private void Mark(TextRange range)
    {
        if (_fromMessages.Count > 0 && _fromMessages[^1].End == range.Start)
        {
            _fromMessages[^1] = new TextRange(_fromMessages[^1].Start, range.End);
        }
        else
        {
            _fromMessages.Add(range);
        }
    }
}
