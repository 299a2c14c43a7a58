using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Makes the suffix that ends a word a space, and nothing in the last token (Hugging Face's <c>BPEDecoder</c>).</summary>
internal sealed class EndOfWordDecoder(string suffix) : IDecoderStep
{
    private const int LongestSuffix = 64;

    public static EndOfWordDecoder Read(JsonField step)
    {
        step.AllowOnly("type", "suffix");
        var suffix = step["suffix"].String(absent: "</w>");
        return suffix.Length is > 0 and <= LongestSuffix ? new EndOfWordDecoder(suffix) : throw step["suffix"].Refuse($"must have 1 to {LongestSuffix} characters");
    }

    public DecodedToken Decode(DecodedToken token, TokenPlace place) => token with { Text = token.Text.Replace(suffix, place.Last ? "" : " ", StringComparison.Ordinal) };
}
