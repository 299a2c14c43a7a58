// What llama.cpp makes of a GGUF file, as JSON.
//   node evaluate.mjs logits model.gguf "[ids]"          all logits after each id
//   node evaluate.mjs greedy model.gguf "[ids]" count    so many ids that follow, with the gap between the two best
//   node evaluate.mjs tokens model.gguf "[texts]"        the ids of texts, without special tokens
//   node evaluate.mjs vectors model.gguf "[[ids]]"       a vector for each list of ids, which begins and ends with the special tokens that the model wants
import {getLlama, LlamaEmbeddingContext, LlamaLogLevel} from "node-llama-cpp";

const [, , what, file, input, count] = process.argv;
const llama = await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1});
const model = await llama.loadModel({modelPath: file});
const items = JSON.parse(input);
if (what === "tokens") {
  print(items.map(text => [...model.tokenize(text, false)]));
}

// Everything in float32, so that what is left are differences in how sums are ordered.
const context = await model.createContext({
  _embeddings: what === "vectors", contextSize: 512, batchSize: 512, threads: 1, flashAttention: false, experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32",
});
if (what === "vectors") {
  const vectors = new LlamaEmbeddingContext({_llamaContext: context});
  const all = [];
  for (const ids of items) {
    all.push((await vectors.getEmbeddingFor(ids)).vector);
  }

  print(all);
}

const sequence = what === "vectors" ? null : context.getSequence();
if (what === "logits") {
  const results = await sequence.controlledEvaluate(items.map(id => [id, {generateNext: {logits: true}}]));
  print(results.map(result => {
    const row = [];
    for (const [id, logit] of result.next.logits) {
      row[id] = logit;
    }
    return row;
  }));
} else if (what === "greedy") {
  const answer = [], gaps = [];
  let next = items;
  while (answer.length < Number(count)) {
    const results = await sequence.controlledEvaluate(next.map((id, i) => i === next.length - 1 ? [id, {generateNext: {logits: {filter: {tokens: [], includeTop: 2}}}}] : id));
    const [[best, first], [, second]] = [...results[next.length - 1].next.logits];
    answer.push(best);
    gaps.push(first - second);
    next = [best];
  }
  print({answer, gaps});
}

function print(result) {
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
