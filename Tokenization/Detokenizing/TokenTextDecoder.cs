using System.Text;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Turns ids into text one by one: holds back what later ids may change, and knows whether the text has begun. For one thread.</summary>
internal sealed class TokenTextDecoder(TokenBytes tokens)
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private int _leftToStrip = tokens.Strip.Start;
    private int _heldAtEnd;
    private byte[] _tail = [];
    private bool _begun;

    public void Append(int id, StringBuilder text)
    {
        if (!tokens.IsText(id))
        {
            return;
        }

        var piece = tokens.Of(id, first: !_begun);
        _begun = true;
        if (_tail.Length > 0)
        {
            Append(_tail, flush: false, text);
        }

        Append(piece.Bytes, flush: false, text);
        _tail = piece.Tail.IsEmpty ? [] : piece.Tail.ToArray();
    }

    /// <summary>Ends the text: bytes of a character that never came whole become U+FFFD, and what the end strips is gone.</summary>
    public void Flush(StringBuilder text) => Append([], flush: true, text);

    private void Append(ReadOnlySpan<byte> bytes, bool flush, StringBuilder text)
    {
        var room = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        Span<char> characters = room <= 256 ? stackalloc char[room] : new char[room];
        ReadOnlySpan<char> decoded = characters[.._utf8.GetChars(bytes, characters, flush)];
        while (_leftToStrip > 0 && decoded.Length > 0)
        {
            if (decoded[0] != tokens.Strip.Content)
            {
                _leftToStrip = 0;
                break;
            }

            decoded = decoded[1..];
            _leftToStrip--;
        }

        if (decoded.Length > 0)
        {
            Release(decoded, text);
        }
    }

    /// <summary>Releases all but the characters at the end that would be stripped if the text ended here.</summary>
    private void Release(ReadOnlySpan<char> decoded, StringBuilder text)
    {
        var strip = tokens.Strip;
        var atEnd = decoded.Length - decoded.TrimEnd(strip.Content).Length;
        var run = atEnd == decoded.Length ? atEnd + _heldAtEnd : atEnd;
        var held = Math.Min(run, strip.Stop);
        var released = _heldAtEnd + decoded.Length - held;
        var fromBefore = Math.Min(released, _heldAtEnd);
        text.Append(strip.Content, fromBefore).Append(decoded[..(released - fromBefore)]);
        _heldAtEnd = held;
    }
}
