using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Splitting;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Makes marks spaces again; those of the first token go, where the encoder would have put one there.</summary>
internal sealed class MetaspaceDecoder(char mark, bool hasPrefix) : IDecoderStep
{
    public static MetaspaceDecoder Read(JsonField step) => new(Metaspace.ReadMark(step), Metaspace.ReadScheme(step) != PrefixScheme.Never);

    public DecodedToken Decode(DecodedToken token, TokenPlace place) =>
        token with { Text = place.First && hasPrefix ? token.Text.Replace(mark.ToString(), "", StringComparison.Ordinal) : token.Text.Replace(mark, ' ') };
}
