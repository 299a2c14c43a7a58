using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Puts a space before each token but the first and those that continue a word; then, if asked, mends the spaces around English punctuation.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleansUp) : IDecoderStep
{
    private const int LongestPrefix = 64;

    private static readonly (string From, string To)[] Mended =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public static WordPieceDecoder Read(JsonField step)
    {
        step.AllowOnly("type", "prefix", "cleanup");
        var prefix = step["prefix"].String(absent: "##");
        return prefix.Length <= LongestPrefix ? new WordPieceDecoder(prefix, step["cleanup"].Bool(absent: true)) : throw step["prefix"].Refuse($"has more than {LongestPrefix} characters");
    }

    public DecodedToken Decode(DecodedToken token, TokenPlace place)
    {
        var text = token.Text;
        if (!place.First)
        {
            text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : " " + text;
        }

        return token with { Text = cleansUp ? Mended.Aggregate(text, (mended, pair) => mended.Replace(pair.From, pair.To, StringComparison.Ordinal)) : text };
    }
}
