using System.Text;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// Turns the text of an answer into the ids of the model's own tokenizer as it comes, where the server gives no ids. Text is taken in pieces that tokens rarely
/// cross: up to the last blank that follows a word, or 64 characters. The ids count; the model may have said the same with others. For one answer.
/// </summary>
internal sealed class TextTokens(TextEncoding encoding)
{
    private const int LongestPiece = 64;

    private readonly StringBuilder _held = new();

    /// <summary>Takes more text.</summary>
    /// <returns>The ids that are certain by now.</returns>
    public IReadOnlyList<int> Append(string text)
    {
        _held.Append(text);
        var held = _held.ToString();
        var end = PieceEnd(held);
        return Take(held, end > 0 || held.Length < LongestPiece ? end : LongestEnd(held));
    }

    /// <summary>Ends the text.</summary>
    /// <returns>The ids of what was held back.</returns>
    public IReadOnlyList<int> Flush()
    {
        var held = _held.ToString();
        return Take(held, held.Length);
    }

    private IReadOnlyList<int> Take(string held, int length)
    {
        _held.Remove(0, length);
        return length == 0 ? [] : encoding.Encode(held[..length]);
    }

    /// <summary>Where the last word begins, with the blanks before it: byte-level and SentencePiece tokens both begin with the blank, if they have one.</summary>
    private static int PieceEnd(string text)
    {
        for (var i = text.Length - 1; i > 0; i--)
        {
            if (text[i] == ' ' && !char.IsWhiteSpace(text[i - 1]))
            {
                return i;
            }
        }

        return 0;
    }

    private static int LongestEnd(string text) => char.IsHighSurrogate(text[^1]) ? text.Length - 1 : text.Length;
}
