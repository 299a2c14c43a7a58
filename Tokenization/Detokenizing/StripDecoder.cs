using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Takes some of one character from both ends: of each token or, after the tokens were joined, of the whole text.</summary>
/// <param name="Content">The character.</param>
/// <param name="Start">How many at most at the start.</param>
/// <param name="Stop">How many at most at the end.</param>
internal sealed record StripDecoder(char Content, int Start, int Stop) : IDecoderStep
{
    private const int Most = 16;

    public static StripDecoder Nothing { get; } = new(' ', 0, 0);

    public static StripDecoder Read(JsonField step)
    {
        step.AllowOnly("type", "content", "start", "stop");
        return new StripDecoder(step["content"].Character(), step["start"].Number(Most), step["stop"].Number(Most));
    }

    public DecodedToken Decode(DecodedToken token, TokenPlace place)
    {
        var text = token.Text;
        var start = 0;
        while (start < Math.Min(Start, text.Length) && text[start] == Content)
        {
            start++;
        }

        var end = text.Length;
        while (end > start && text.Length - end < Stop && text[end - 1] == Content)
        {
            end--;
        }

        return token with { Text = text[start..end] };
    }
}
