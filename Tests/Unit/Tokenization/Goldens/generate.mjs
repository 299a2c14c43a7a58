// usage: node generate.mjs MODELS > tokens.json     MODELS = the folder shared/models
// Needs `npm install @huggingface/tokenizers@0.2.0` in a folder above this file or in NODE_PATH's place; run it outside the repository.
// Left out on purpose: U+0085 and U+FEFF, on which JavaScript's \s differs from the Oniguruma that models are trained with.
import {Tokenizer} from "@huggingface/tokenizers";
import crypto from "crypto";
import fs from "fs";

const texts = [
  "", " ", "a", "Hello world", "Once upon a time", "  leading spaces", "trailing   ", "tabs\tand\nnewlines\r\n\r\n  x", "\n\n\n\n", " ".repeat(37), " ".repeat(300) + "x",
  "\t\t\tx\t\t", "a\r\nb\rc\n\n\nd", "I'm you're THEY'LL we've it'S 'tis", "12345 3.14159 1,000,000 -0x1F 1e400", "١٢٣ ४५६ Ⅷ ½ ① x²³",
  "Привет, как дела? Съешь ещё этих мягких французских булок.", "你好，世界！今天天气怎么样？", "日本語のテキスト、カタカナ ｶﾀｶﾅ", "한국어 텍스트", "\u1112\u1161\u11ab\u1100\u1173\u11af",
  "مرحبا بالعالم", "שלום עולם", "\u202eright to left\u202c \u200fx\u200e", "ไทยไม่มีช่องว่าง", "नमस्ते दुनिया", "Tiếng Việt có dấu", "ÀÉÎÕÜ ñ ß ø ſ K Å",
  "a\u0301 e\u0301 vs \u00e1 \u00e9", "q\u0307\u0323 q\u0323\u0307", "\u0344\u0958\u2126\u212b", "ﬁ ligature ﬀ ｆｕｌｌ ㎏ ①", "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ea\u0301\u0301\u0301l\u0338go",
  "👋🏽 emoji 👨‍👩‍👧‍👦 zwj 🇺🇦🇹🇴 ☺️", "𝒜𝓁𝓁 𝔪𝔞𝔱𝔥 𝟘𝟙𝟚", "𠀀𠀁 漢字𠮷野家 a𠀀b", "𐍈𐌰𐌹 ｘ𐐷", "\ud83c\udf55pizza🍕", "\u0000nul \u0001\u001b[31m \u007f", "\u00a0nbsp\u2003em\u3000ideographic\u200bzero", "\u2028\u2029",
  "function f(x){return x*2;} // code", "    if (a && b) {\n        c[i]++;\n    }\n\treturn;\n", "<div class=\"a\">&amp;</div>", "{\"json\": [1, 2, {\"k\": null}]}", "https://example.com/a?b=c&d=%20#e",
  "...!!!???---___***", "C:\\Users\\x\\y", "SELECT * FROM t WHERE a='b';", "$$\\frac{a}{b}$$", "snake_case camelCase SCREAMING_CASE kebab-case", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "ab".repeat(500), "supercalifragilisticexpialidocious antidisestablishmentarianism", "<think>non-special added</think> <tool_call>x</tool_call>", "<tool_response><tool_response>",
  "▁▁ marks ▁", "<0x41> <0xFF> <unk>x", "  a  b   c    d", "“quotes” ‘single’ – dash — …", "ΑΒΓ αβγ ς", "¿Qué? ¡No!", "x\u0300\u0301\u0302y",
];

const load = folder => {
  const read = name => JSON.parse(fs.readFileSync(`${process.argv[2]}/${folder}/${name}`));
  return new Tokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
};
const ids = (tokenizer, text) => tokenizer.encode(text, {add_special_tokens: false}).ids;

// Every code point and all pairs of letter and mark of two blocks, as one hash.
const hash = form => {
  const h = crypto.createHash("sha256");
  for (let c = 0; c < 0x110000; c++) if (!(c >= 0xd800 && c < 0xe000)) h.update(("a\u0323" + String.fromCodePoint(c) + "\u0301\u0327").normalize(form) + "\n");
  return h.digest("hex");
};
const qwen3 = load("qwen3-tokenizer"), stories = load("stories260K/hf");
const rows = texts.map(text => ({text, qwen3: ids(qwen3, text), stories: /<(unk|s)>/.test(text) ? null : ids(stories, text), nfc: text.normalize("NFC"), nfkc: text.normalize("NFKC")}));
console.log(JSON.stringify({unicode: process.versions.unicode, nfcSha256: hash("NFC"), nfkcSha256: hash("NFKC"), rows: "ROWS"}).replace('"ROWS"', () => "[\n" + rows.map(r => JSON.stringify(r)).join(",\n") + "\n]"));
