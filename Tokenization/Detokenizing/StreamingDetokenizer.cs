using System.Text;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>
/// Turns generated ids into text as they come. Holds back incomplete UTF-8 and whatever may become a stop string; all that it releases, joined, is the
/// whole answer decoded at once, up to the stop string. For one answer and one thread.
/// </summary>
public sealed class StreamingDetokenizer
{
    private readonly TokenTextDecoder _decoder;
    private readonly string[] _stops;
    private readonly StringBuilder _held = new();

    /// <summary>Begins an answer.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="stopStrings">Texts that end the answer and are never part of it. The one that is complete first counts; of two complete at once, the longer.</param>
    /// <param name="promptTail">Ids before the answer, all or the last few: after a prompt's text the first word of a SentencePiece model keeps its space.</param>
    /// <exception cref="ArgumentException">A stop string is empty.</exception>
    public StreamingDetokenizer(Tokenizer tokenizer, IReadOnlyList<string> stopStrings, ReadOnlySpan<int> promptTail = default)
    {
        if (stopStrings.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop string must not be empty.", nameof(stopStrings));
        }

        _decoder = new TokenTextDecoder(tokenizer.TokenBytes);
        _stops = [.. stopStrings];
        foreach (var id in promptTail)
        {
            _decoder.Append(id, _held);
            _held.Clear();
        }
    }

    /// <summary>Whether a stop string was met: the answer is complete and nothing more will be released.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes the next id.</summary>
    /// <returns>The text that is certain by now; may be empty.</returns>
    public string Append(int id)
    {
        if (Stopped)
        {
            return "";
        }

        _decoder.Append(id, _held);
        return Release(last: false);
    }

    /// <summary>Ends the answer.</summary>
    /// <returns>What was held back; a character whose bytes never came whole is U+FFFD.</returns>
    public string Flush()
    {
        if (Stopped)
        {
            return "";
        }

        _decoder.Flush(_held);
        return Release(last: true);
    }

    private string Release(bool last)
    {
        if (_stops.Length == 0)
        {
            return Take(_held.Length);
        }

        var held = _held.ToString();
        if (FindStop(held) is { } stop)
        {
            Stopped = true;
            return Take(stop);
        }

        return Take(last ? held.Length : StartOfPossibleStop(held));
    }

    private string Take(int length)
    {
        var text = _held.ToString(0, length);
        _held.Remove(0, length);
        return text;
    }

    /// <summary>Where the stop string starts that is complete first.</summary>
    private int? FindStop(string held)
    {
        var (start, end) = (0, int.MaxValue);
        foreach (var stop in _stops)
        {
            var at = held.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (at + stop.Length < end || (at + stop.Length == end && at < start)))
            {
                (start, end) = (at, at + stop.Length);
            }
        }

        return end == int.MaxValue ? null : start;
    }

    private int StartOfPossibleStop(string held)
    {
        var longest = _stops.Max(stop => stop.Length);
        for (var start = Math.Max(0, held.Length - longest + 1); start < held.Length; start++)
        {
            var rest = held.AsSpan(start);
            foreach (var stop in _stops)
            {
                if (stop.AsSpan().StartsWith(rest, StringComparison.Ordinal))
                {
                    return start;
                }
            }
        }

        return held.Length;
    }
}
