using System.Text;
using CocoonOrleans.Tokenization.Chat;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Chat;

[Trait(LongRun.Trait, LongRun.Category)]
public sealed class ChatCompletionRequestFuzzTests
{
    private const string Canary = "kanarienvogel";

    private static readonly byte[] Good = Encoding.UTF8.GetBytes($$"""
        {"model": "{{Canary}}", "messages": [{"role": "system", "content": "{{Canary}}"}, {"role": "user", "content": [{"type": "text", "text": "{{Canary}}"}]}],
         "temperature": 0.5, "top_p": 0.9, "max_tokens": 9, "seed": 1, "stop": ["{{Canary}}"], "stream": true, "stream_options": {"include_usage": true}, "n": 1,
         "user": "{{Canary}}", "metadata": {"user_id": "{{Canary}}"}, "provider": {"max_price": {"prompt": "10", "completion": 5}, "trust": "open"}, "tools": [], "logit_bias": {"5": 1} }
        """);

    private static readonly Gen<string> Fragments = Gen.OneOf(
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e400", "-1", "\"\\ud800\"", "\"\\u0000\"", "{\"a\":", "[[[[", "\"model\":", "\"messages\":", "9999999999999999999999", "NaN", "\u00ff", "//", "\n");

    private static readonly Gen<(int At, int Remove, string Insert)[]> Mutations =
        Gen.Select(Gen.Int[0, Good.Length], Gen.Int[0, 30], Fragments, (at, remove, insert) => (at, remove, insert)).Array[1, 4];

    [Fact]
    public void TryParse_MutatedBody_NeverThrowsAndNeverRepeatsContent() =>
        Mutations.Sample(mutations => AssertTotal(mutations.Aggregate(Good, (body, mutation) => Mutate(body, mutation))), iter: LongRun.Rounds(20_000, 2_000_000));

    [Fact]
    public void TryParse_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 200].Sample(AssertTotal, iter: LongRun.Rounds(5_000, 500_000));

    [Fact]
    public void TryParse_DeepNesting_IsRefused() => AssertTotal(Encoding.UTF8.GetBytes("{\"model\":" + new string('[', 100_000)));

    private static byte[] Mutate(byte[] body, (int At, int Remove, string Insert) mutation)
    {
        var at = Math.Min(mutation.At, body.Length);
        return [.. body[..at], .. Encoding.Latin1.GetBytes(mutation.Insert), .. body[Math.Min(at + mutation.Remove, body.Length)..]];
    }

    private static void AssertTotal(byte[] body)
    {
        var good = ChatCompletionRequest.TryParse(body, out var request, out var error);

        Assert.Equal(good, error is null);
        Assert.True(!good || request!.Messages.Count > 0);
        Assert.DoesNotContain(Canary, error?.Message ?? "", StringComparison.Ordinal);
    }
}
