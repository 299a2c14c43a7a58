// llama.cpp's side of the benchmark: one command a line on stdin, one JSON answer a line on stdout.
//   {"load": "model.gguf", "threads": 2}
//   {"decode": {"prompt": 32, "steps": 48}}    wall and processor time of each step behind the prompt
//   {"prefill": 256}                           of one pass over so many tokens
import {createInterface} from "node:readline";
import {getLlama, LlamaLogLevel} from "node-llama-cpp";

let llama, model, context, sequence;
for await (const line of createInterface({input: process.stdin})) {
  const command = JSON.parse(line);
  if (command.load) {
    await context?.dispose();
    await model?.dispose();
    llama ??= await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: command.threads});
    model = await llama.loadModel({modelPath: command.load});
    context = await model.createContext({contextSize: 2048, batchSize: 1024, threads: command.threads, flashAttention: true});
    sequence = context.getSequence();
    answer({});
  } else {
    await sequence.clearHistory();
    answer(command.decode ? await decode(command.decode) : await prefill(command.prefill));
  }
}

async function decode({prompt, steps}) {
  const wall = [];
  let last, before;
  for await (const _ of sequence.evaluate(tokens(prompt), {temperature: 0, yieldEogToken: true})) {
    const now = process.hrtime.bigint();
    if (last === undefined) {
      before = process.cpuUsage();
    } else {
      wall.push(Number(now - last) / 1e6);
    }

    last = now;
    if (wall.length === steps) {
      break;
    }
  }

  return {wall, cpu: milliseconds(process.cpuUsage(before))};
}

async function prefill(count) {
  const before = process.cpuUsage(), start = process.hrtime.bigint();
  for await (const _ of sequence.evaluate(tokens(count), {temperature: 0, yieldEogToken: true})) {
    break;
  }

  return {wall: [Number(process.hrtime.bigint() - start) / 1e6], cpu: milliseconds(process.cpuUsage(before))};
}

// The same ids on the other side; each is in the smallest vocabulary.
function tokens(count) {
  return Array.from({length: count}, (_, i) => 300 + (i * 7) % 2000);
}

function milliseconds(usage) {
  return (usage.user + usage.system) / 1e3;
}

function answer(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}
