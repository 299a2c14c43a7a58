// Renders templates with Hugging Face's JavaScript Jinja. Arguments and output are those of render.py; it can't tell refusals from errors.
import fs from "fs";
import path from "path";
import {Template} from "@huggingface/jinja";

const now = new Date(2026, 2, 9, 15, 4, 5);
globalThis.Date = class extends Date { constructor(...given) { given.length ? super(...given) : super(now); } };

const render = (source, chat) => {
  try { return {text: new Template(source).render(chat).toWellFormed()}; } catch (error) { return {error: error.message}; }
};
const templates = process.argv[2];
const chats = process.argv.slice(3).flatMap(file => JSON.parse(fs.readFileSync(file, "utf8")));
const sources = fs.statSync(templates).isDirectory()
  ? fs.readdirSync(templates).filter(name => name.endsWith(".jinja")).map(name => [path.parse(name).name, fs.readFileSync(path.join(templates, name), "utf8")])
  : fs.readFileSync(templates, "utf8").split("\n").filter(line => line).map(line => [line, line]);
console.log(JSON.stringify(Object.fromEntries(sources.map(([name, source]) => [name, chats.map(chat => render(source, chat))]))));
