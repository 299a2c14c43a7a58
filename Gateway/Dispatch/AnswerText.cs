using System.Text;
using CocoonOrleans.Market.Billing;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>
/// The text of an answer as it arrives, and the gateway's own count of its tokens. Counting costs time, so it is done at the end, and on the way only where
/// the text might be longer than what was leased.
/// </summary>
/// <param name="count">Counts the tokens of a text.</param>
/// <param name="maxTokens">The most tokens that were leased.</param>
public sealed class AnswerText(Func<string, int> count, int maxTokens)
{
    // A token beside twenty others, each with its text and its bytes, takes about a third of it.
    private const long MaxScoredBytes = 8192;

    private readonly StringBuilder _text = new();

    // The worker's tokens and ours can differ where a text can be split in more than one way.
    private long _limit = maxTokens + CaptureRule.CompletionTolerance(maxTokens);
    private long _pieces;
    private long _scored;
    private long _bytes;
    private int _countedLength;

    /// <summary>Whether nothing has arrived.</summary>
    public bool IsEmpty => _text.Length == 0;

    /// <summary>Adds a piece, unless the answer then has more tokens than were leased.</summary>
    /// <returns>False where it would; then it was not added.</returns>
    public bool TryAppend(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        if (piece.Length == 0)
        {
            return true;
        }

        // A piece has at least one token, a token at least one byte.
        _text.Append(piece);
        _bytes += Encoding.UTF8.GetByteCount(piece);
        _pieces++;
        bool fits = _pieces <= _limit && (_bytes <= _limit || FitsByCount());
        if (!fits)
        {
            _text.Length -= piece.Length;
        }

        return fits;
    }

    /// <summary>Adds what stands around a call of a function in the model's text and can't be seen from here: each family has its own, all about as long.</summary>
    public void AddCall()
    {
        const string wrapping = "<tool_call>\n{\"name\": \"\", \"arguments\": }\n</tool_call>\n";
        _text.Append(wrapping);
        _bytes += wrapping.Length;

        // Counted for the worker, but no reason to end an answer that has the tokens that were leased.
        _limit += wrapping.Length;
    }

    /// <summary>Adds a token's log-probabilities.</summary>
    /// <param name="bytes">How many bytes they have.</param>
    /// <returns>False where there are more than the tokens that were leased can have.</returns>
    public bool TryScore(int bytes)
    {
        _scored += bytes;
        return _scored <= MaxScoredBytes * _limit;
    }

    /// <summary>The exact count of what was added.</summary>
    public int CountTokens() => IsEmpty ? 0 : count(_text.ToString());

    /// <summary>The text.</summary>
    public override string ToString() => _text.ToString();

    // Counts anew each time the text has grown by half: the whole cost stays in proportion to the text.
    private bool FitsByCount()
    {
        if (_text.Length - _countedLength < Math.Max(256, _countedLength / 2))
        {
            return true;
        }

        _countedLength = _text.Length;
        return CountTokens() <= _limit;
    }
}
