using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Replaces a fixed text inside each token.</summary>
internal sealed class ReplaceDecoder(string from, string to) : IDecoderStep
{
    private const int LongestReplacement = 16;

    public static ReplaceDecoder Read(JsonField step)
    {
        step.AllowOnly("type", "pattern", "content");
        step["pattern"].AllowOnly("String");
        var (from, to) = (step["pattern"]["String"].String(), step["content"].String());
        if (from.Length == 0)
        {
            throw step["pattern"].Refuse("must not be empty");
        }

        return to.Length <= LongestReplacement ? new ReplaceDecoder(from, to) : throw step["content"].Refuse($"has more than {LongestReplacement} characters");
    }

    public DecodedToken Decode(DecodedToken token, TokenPlace place) => token with { Text = token.Text.Replace(from, to, StringComparison.Ordinal) };
}
