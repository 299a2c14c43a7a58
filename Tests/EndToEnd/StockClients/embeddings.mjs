// OpenAI's own client, unmodified: embeddings as it asks for them by itself (base64) and as lists of numbers, and typed errors. Prints one JSON object with what it saw.
import OpenAI, { APIError, BadRequestError, NotFoundError } from "openai";

const [baseURL, apiKey, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });

async function refusal(call) {
  try {
    await call();
    return { thrown: false };
  } catch (error) {
    return {
      thrown: true,
      isApiError: error instanceof APIError,
      kind: [BadRequestError, NotFoundError].find((type) => error instanceof type)?.name ?? error.constructor.name,
      status: error.status ?? null,
      code: error.code ?? null,
      param: error.param ?? null,
    };
  }
}

const input = ["The quick brown fox.", "jumped", "The quick brown fox."];
const byDefault = await client.embeddings.create({ model, input });
const floats = await client.embeddings.create({ model, input, encoding_format: "float" });
console.log(JSON.stringify({
  object: byDefault.object,
  model: byDefault.model,
  usage: byDefault.usage,
  byDefault: byDefault.data.map((item) => item.embedding),
  floats: floats.data.map((item) => item.embedding),
  indexes: floats.data.map((item) => item.index),
  single: (await client.embeddings.create({ model, input: "jumped" })).data.map((item) => item.embedding),
  ids: (await client.embeddings.create({ model, input: [2, 5, 6, 3] })).data.map((item) => item.embedding),
  manyIds: (await client.embeddings.create({ model, input: [[2, 5, 6, 3], [2, 7, 3]] })).data.length,
  short: (await client.embeddings.create({ model, input: "jumped", dimensions: 4 })).data[0].embedding,
  many: (await client.embeddings.create({ model, input: Array.from({ length: 300 }, (_, i) => "fox".repeat(1 + (i % 9))) })).data.map((item) => item.index),
  wide: await refusal(() => client.embeddings.create({ model, input: "fox", dimensions: 33 })),
  long: await refusal(() => client.embeddings.create({ model, input: ["fox", "fox ".repeat(80)] })),
  empty: await refusal(() => client.embeddings.create({ model, input: ["fox", ""] })),
  strange: await refusal(() => client.embeddings.create({ model, input: [[2, 5, 3], [70]] })),
  unknown: await refusal(() => client.embeddings.create({ model: "no-such-model", input: "fox" })),
  chat: await refusal(() => client.chat.completions.create({ model, messages: [{ role: "user", content: "fox" }] })),
}));
