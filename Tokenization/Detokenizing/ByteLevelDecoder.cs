using CocoonOrleans.Tokenization.BytePairs;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Reads a token as bytes in <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteLevelDecoder : IDecoderStep
{
    public DecodedToken Decode(DecodedToken token, TokenPlace place) => token with { Bytes = ByteAlphabet.BytesOf(token.Text) };
}
