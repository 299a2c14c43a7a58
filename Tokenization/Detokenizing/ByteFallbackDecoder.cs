using CocoonOrleans.Tokenization.Models;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>
/// Reads tokens such as <c>&lt;0x41></c> as bytes. One difference to Hugging Face, on purpose: a run of them that isn't UTF-8 gives what any UTF-8 reader
/// makes of these bytes, where theirs gives one U+FFFD for each byte of the whole run; only so can a stream release what was right before a wrong byte came.
/// </summary>
internal sealed class ByteFallbackDecoder : IDecoderStep
{
    public DecodedToken Decode(DecodedToken token, TokenPlace place) => ByteTokens.ByteOf(token.Text) is { } value ? token with { Bytes = [value] } : token;
}
