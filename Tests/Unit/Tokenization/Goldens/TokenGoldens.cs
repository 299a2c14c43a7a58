using System.Runtime.CompilerServices;
using System.Text.Json;

namespace CocoonOrleans.Tests.Unit.Tokenization.Goldens;

/// <summary>What Hugging Face's own JavaScript tokenizer gives for hard texts: <c>tokens.json</c>, made by <c>generate.mjs</c>.</summary>
internal sealed record TokenGoldens(string Unicode, string NfcSha256, string NfkcSha256, TokenGoldens.Row[] Rows)
{
    public static TokenGoldens Load() => JsonSerializer.Deserialize<TokenGoldens>(File.ReadAllBytes(PathOf("tokens.json")), JsonSerializerOptions.Web)!;

    public static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);

    internal sealed record Row(string Text, int[] Qwen3, int[]? Stories, string Nfc, string Nfkc);
}
