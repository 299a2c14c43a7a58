using System.Text;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Turns ids into text one by one: holds incomplete UTF-8 back and knows whether the text has begun. For one thread.</summary>
internal sealed class TokenTextDecoder(TokenBytes tokens)
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private int _spacesToStrip = tokens.StripSpaces;

    public void Append(int id, StringBuilder text) => Append(tokens.Of(id), flush: false, text);

    /// <summary>Ends the text: bytes of a character that never came whole become U+FFFD.</summary>
    public void Flush(StringBuilder text) => Append([], flush: true, text);

    private void Append(ReadOnlySpan<byte> bytes, bool flush, StringBuilder text)
    {
        var room = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        Span<char> characters = room <= 256 ? stackalloc char[room] : new char[room];
        ReadOnlySpan<char> decoded = characters[.._utf8.GetChars(bytes, characters, flush)];
        while (_spacesToStrip > 0 && decoded.Length > 0)
        {
            if (decoded[0] != ' ')
            {
                _spacesToStrip = 0;
                break;
            }

            decoded = decoded[1..];
            _spacesToStrip--;
        }

        text.Append(decoded);
    }
}
