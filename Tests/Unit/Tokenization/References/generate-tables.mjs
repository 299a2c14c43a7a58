// usage: node generate-tables.mjs   prints Tokenization/Characters/CharacterRanges.txt, and below it what the tests compare with .NET's own tables
// Asks Hugging Face's Rust original what it takes for punctuation, marks and so on, for every code point: its tables are older than Unicode's newest.
import {createRequire} from "node:module";
const hf = createRequire(import.meta.url)("tokenizers");

const batch = 4096;
const batches = [];
for (let first = 0; first < 0x110000; first += batch) {
  batches.push(Array.from({length: batch}, (_, i) => first + i).filter(c => c < 0xd800 || c > 0xdfff).map(c => String.fromCodePoint(c)));
}

// What a normalizer makes of each character, between letters.
const normalized = (normalizer, characters) => {
  const alone = characters.filter(c => c < "\x80").map(c => normalizer.normalizeString(`a${c}b`));
  const others = characters.filter(c => c >= "\x80");
  const together = others.length === 0 ? [] : normalizer.normalizeString(others.map(c => `a${c}b`).join("0")).split("0");
  return [...alone, ...together].map(text => text.slice(1, -1));
};

// Into how many pieces a pre-tokenizer cuts each character between letters.
const cut = (words, characters) => {
  const counts = characters.filter(c => c < "\x80").map(c => words.preTokenizeString(`a${c}b`).length);
  let count = 0;
  for (const [piece] of words.preTokenizeString(characters.filter(c => c >= "\x80").map(c => `a${c}b`).join(" "))) {
    const inner = piece.trim();
    count += inner.length > 0 ? 1 : 0;
    if (inner.endsWith("b")) {
      counts.push(count);
      count = 0;
    }
  }
  return counts;
};

const ranges = test => {
  const found = [];
  for (const characters of batches) {
    const results = test(characters);
    if (results.length !== characters.length) {
      throw new Error("a batch was cut otherwise than its characters");
    }
    characters.forEach((character, i) => {
      const codePoint = character.codePointAt(0);
      if (results[i] && found.at(-1)?.[1] === codePoint - 1) {
        found.at(-1)[1] = codePoint;
      } else if (results[i]) {
        found.push([codePoint, codePoint]);
      }
    });
  }
  return found.map(([from, to]) => from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`).join(" ");
};

const isGone = normalizer => characters => normalized(normalizer, characters).map(text => text === "");
const isCut = (words, pieces) => characters => cut(words, characters).map(count => count === pieces);
const bert = options => hf.bertNormalizer({cleanText: false, handleChineseChars: false, stripAccents: false, lowercase: false, ...options});
const spaced = words => hf.sequencePreTokenizer([hf.whitespaceSplitPreTokenizer(), words]);

console.log("# Ranges of code points, in hexadecimal; made by generate-tables.mjs");
console.log("Punctuation", ranges(isCut(hf.bertPreTokenizer(), 3)));
console.log("Mark", ranges(isGone(hf.stripAccentsNormalizer())));
console.log("NonspacingMark", ranges(isGone(bert({stripAccents: true}))));
console.log("RemovedByCleaning", ranges(isGone(bert({cleanText: true}))));
console.log("");
console.log("WhiteSpace", ranges(isCut(hf.whitespaceSplitPreTokenizer(), 2)));
console.log("Word", ranges(isCut(hf.whitespacePreTokenizer(), 1)));
console.log("Numeric", ranges(isCut(spaced(hf.digitsPreTokenizer(true)), 3)));
const chinese = bert({handleChineseChars: true});
console.log("Chinese", ranges(characters => normalized(chinese, characters).map(text => text.startsWith(" ") && text.length > 1)));
const lowercase = hf.lowercase();
const lowered = batches.flatMap(characters => normalized(lowercase, characters).map((lower, i) => [characters[i], lower])).filter(([character, lower]) => character !== lower);
const hex = text => [...text].map(character => character.codePointAt(0).toString(16)).join("+");
console.log("Lowercase", lowered.map(([character, lower]) => `${hex(character)}=${hex(lower)}`).join(" "));
