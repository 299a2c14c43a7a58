// usage: node extract.mjs FOLDER. Writes the chat templates that @huggingface/ollama-utils carries as data, each once, into files named for their models.
import fs from "fs";
import path from "path";

const source = fs.readFileSync("node_modules/@huggingface/ollama-utils/src/chat-template-automap.ts", "utf8");
const entries = new Function("return " + source.slice(source.indexOf("= [") + 1))();
const names = new Map();
for (const {model, gguf} of entries) if (!names.has(gguf)) names.set(gguf, model.replace("library/", "").replace(":", "-"));
const taken = new Set();
fs.mkdirSync(process.argv[2], {recursive: true});
for (const [gguf, model] of names) {
  let name = model;
  for (let i = 2; taken.has(name); i++) name = `${model}-${i}`;
  taken.add(name);
  fs.writeFileSync(path.join(process.argv[2], name + ".jinja"), gguf);
}
console.log(JSON.stringify(names.size));
