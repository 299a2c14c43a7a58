// usage: node generate.mjs > UnicodeForms.txt
// Writes what NFC and NFKC need, asked of Node's own String.normalize. Why a table of ours: .NET without ICU (invariant globalisation) leaves text as it is,
// and gateway and worker must count the same tokens whatever library their machines have.
// Lines: "c RANK CP..." combining class by rank (only the order matters), "d CP CP..." canonical decomposition, "k CP CP..." compatibility
// decomposition where it differs, "p CP FIRST SECOND" primary composite. Hexadecimal code points. Hangul syllables are computed, not listed.
const hex = c => c.toString(16);
const points = s => [...s].map(c => c.codePointAt(0));
const all = [];
for (let c = 0; c < 0x110000; c++) if (!(c >= 0xd800 && c < 0xe000) && !(c >= 0xac00 && c < 0xd7a4)) all.push(String.fromCodePoint(c));
const swaps = (a, b) => ("a" + a + b).normalize("NFD") !== "a" + a + b;

const classes = [];   // ordered; each a list of characters of one combining class
for (const c of all) {
  if (!/\p{M}/u.test(c) || c.normalize("NFD") !== c || !(swaps(c, "\u0334") || swaps("\u0301", c) || c === "\u0334")) continue;
  let low = 0;
  while (low < classes.length && swaps(c, classes[low][0])) low++;
  if (low < classes.length && !swaps(classes[low][0], c)) classes[low].push(c);
  else classes.splice(low, 0, [c]);
}

console.log(`# Unicode ${process.versions.unicode}; made by generate.mjs`);
classes.forEach((list, rank) => console.log("c", hex(rank + 1), list.map(c => hex(c.codePointAt(0))).join(" ")));
for (const c of all) {
  const d = c.normalize("NFD"), k = c.normalize("NFKD");
  if (d !== c) console.log("d", hex(c.codePointAt(0)), points(d).map(hex).join(" "));
  if (k !== d) console.log("k", hex(c.codePointAt(0)), points(k).map(hex).join(" "));
  if (d !== c && c.normalize("NFC") === c) {
    const parts = [...d], first = parts.slice(0, -1).join("").normalize("NFC"), second = parts.at(-1);
    if ([...first].length !== 1) throw new Error(`U+${hex(c.codePointAt(0))} is not made of two`);
    console.log("p", hex(c.codePointAt(0)), hex(first.codePointAt(0)), hex(second.codePointAt(0)));
  }
}
