// usage: node encode.mjs REQUEST.json ANSWER.json
// Encodes and decodes each text with each tokenizer, by Hugging Face's Rust original and by their JavaScript port.
// request: {tokenizers: [{name, file}], texts: [text], ids: {name: [[id]]}}
// answer: {name: {rust: [Row], javaScript: [Row], decoded: [text]}}   a Row: {ids, around, text}, or {error}
import {createRequire} from "node:module";
import fs from "node:fs";
import {Tokenizer as JavaScriptTokenizer} from "@huggingface/tokenizers";
const {Tokenizer: RustTokenizer} = createRequire(import.meta.url)("tokenizers");

const attempt = async work => {
  try {
    return await work();
  } catch (error) {
    return {error: String(error)};
  }
};

const rust = async (tokenizer, text) => {
  const ids = (await tokenizer.encode(text, null, {addSpecialTokens: false})).getIds();
  return {ids, around: (await tokenizer.encode(text, null, {addSpecialTokens: true})).getIds(), text: await tokenizer.decode(ids, true)};
};

const javaScript = async (tokenizer, text) => {
  const ids = Array.from(tokenizer.encode(text, {add_special_tokens: false}).ids);
  return {ids, around: Array.from(tokenizer.encode(text, {add_special_tokens: true}).ids), text: tokenizer.decode(ids, {skip_special_tokens: true, clean_up_tokenization_spaces: false})};
};

const request = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const answer = {};
for (const {name, file} of request.tokenizers) {
  const json = fs.readFileSync(file, "utf8");
  const original = RustTokenizer.fromString(json);
  original.disableTruncation();
  original.disablePadding();
  const port = await attempt(() => new JavaScriptTokenizer(JSON.parse(json), {}));
  const rows = {rust: [], javaScript: [], decoded: []};
  for (const text of request.texts) {
    rows.rust.push(await attempt(() => rust(original, text)));
    rows.javaScript.push(port.error ? port : await attempt(() => javaScript(port, text)));
  }
  for (const ids of request.ids[name] ?? []) {
    rows.decoded.push(await original.decode(ids, true));
  }
  answer[name] = rows;
}
fs.writeFileSync(process.argv[3], JSON.stringify(answer));
