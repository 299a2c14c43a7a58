using System.Text;

namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>Texts on which tokenizers fall over: written ones, and seeded mixes of their parts.</summary>
internal static class HardTexts
{
    private const int Mixes = 150;

    private static readonly string[] Written =
    [
        "a", "", " ", "Hello world", "Once upon a time", "  leading spaces", "trailing   ", "tabs\tand\nnewlines\r\n\r\n  x", "\n\n\n\n", new string(' ', 37),
        new string(' ', 300) + "x", "\t\t\tx\t\t", "a\r\nb\rc\n\n\nd", "\r\n", "I'm you're THEY'LL we've it'S 'tis do not don't can't . , ! ? ' x", "12345 3.14159 1,000,000 -0x1F 1e400",
        "١٢٣ ४५६ Ⅷ ½ ① x²³ 𝟘𝟙", "Привет, как дела? Съешь ещё этих мягких французских булок.", "你好，世界！今天天气怎么样？", "日本語のテキスト、カタカナ ｶﾀｶﾅ", "한국어 텍스트",
        "\u1112\u1161\u11ab\u1100\u1173\u11af", "مرحبا بالعالم", "שלום עולם", "\u202eright to left\u202c \u200fx\u200e", "ไทยไม่มีช่องว่าง", "नमस्ते दुनिया क्षि", "Tiếng Việt có dấu",
        "ÀÉÎÕÜ ñ ß ø ſ K Å İstanbul ΣΑΣ", "a\u0301 e\u0301 vs \u00e1 \u00e9", "q\u0307\u0323 q\u0323\u0307", "\u0344\u0958\u2126\u212b", "ﬁ ligature ﬀ ｆｕｌｌ ㎏ ① ﷺ ﬁ\u0301",
        "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ea\u0301\u0301\u0301l\u0338go", "👋🏽 emoji 👨‍👩‍👧‍👦 zwj 🇺🇦🇹🇴 ☺️", "𝒜𝓁𝓁 𝔪𝔞𝔱𝔥", "𠀀𠀁 漢字𠮷野家 a𠀀b", "𐍈𐌰𐌹 ｘ𐐷",
        "\u0000nul \u0001\u001b[31m \u007f \u0085 \u00ad", "a\u0000b\u0000", "\u00a0nbsp\u2003em\u3000ideographic\u200bzero", "\u2028\u2029", "\ufeffbom \ufeff", "\ufffd replaced \ufffe", "\ud800", "x\ud83dy\udc4bz\udc4b\ud83d",
        "function f(x){return x*2;} // code", "    if (a && b) {\n        c[i]++;\n    }\n\treturn;\n", "<div class=\"a\">&amp;</div>", "{\"json\": [1, 2, {\"k\": null}]}", "https://example.com/a?b=c&d=%20#e",
        "...!!!???---___***", "C:\\Users\\x\\y", "SELECT * FROM t WHERE a='b';", "$$\\frac{a}{b}$$", "snake_case camelCase SCREAMING_CASE kebab-case", new string('a', 120), new string('é', 101),
        string.Concat(Enumerable.Repeat("ab", 500)), "supercalifragilisticexpialidocious antidisestablishmentarianism", "<think>non-special added</think> <tool_call>x</tool_call>", "<|im_start|>system\nhi<|im_end|>",
        "<s>[INST] x [/INST]</s> <unk> <pad>", "[CLS] a [SEP] [MASK] [UNK] [unused1] ##a", "▁▁ marks ▁", "<0x41> <0xFF> <unk>x", "  a  b   c    d", "“quotes” ‘single’ – dash — …", "ΑΒΓ αβγ ς", "¿Qué? ¡No!", "x\u0300\u0301\u0302y",
        "\u0600number sign \u061c\u180e", "\ue000 private \U000F0000 \U000E0001 tag", "a\u094d\u200db \u200c", "🏴\U000E0067\U000E0062\U000E007F", "e\u200d\u0301\u20dd", "\u1b05\u1b35 balinese", "<Note> <note>s  <NOTE>  , note> xADDy add  Add\t\n", "ADD add", "café CAFE\u0301 Ⓐ ⓩ",
    ];

    /// <summary>All texts; the same ones each time.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Written, .. Mixed()];

    private static IEnumerable<string> Mixed()
    {
        var random = new Random(20260);
        for (var i = 0; i < Mixes; i++)
        {
            var mix = new StringBuilder();
            for (var parts = random.Next(1, 12); parts > 0; parts--)
            {
                var text = Written[random.Next(Written.Length)];
                var start = random.Next(text.Length + 1);
                mix.Append(text, start, Math.Min(random.Next(1, 8), text.Length - start));
            }

            yield return mix.ToString();
        }
    }
}
