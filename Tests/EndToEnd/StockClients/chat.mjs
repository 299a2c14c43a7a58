// OpenAI's own client, unmodified: one JSON answer, one stream, and typed errors. Prints one JSON object with what it saw.
import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from "openai";

const [baseURL, apiKey, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: "user", content: "What is 3 plus 4?" }];

async function refusal(call) {
  try {
    await call();
    return { thrown: false };
  } catch (error) {
    return {
      thrown: true,
      isApiError: error instanceof APIError,
      kind: [AuthenticationError, BadRequestError, NotFoundError].find((type) => error instanceof type)?.name ?? error.constructor.name,
      status: error.status ?? null,
      code: error.code ?? null,
      requestId: error.requestID ?? null,
    };
  }
}

const answer = await client.chat.completions.create({ model, messages, seed: 1, temperature: 0 });
let streamed = "";
let finishReason = null;
let usage = null;
const ids = new Set();
for await (const chunk of await client.chat.completions.create({ model, messages, seed: 1, temperature: 0, stream: true, stream_options: { include_usage: true } })) {
  ids.add(chunk.id);
  streamed += chunk.choices[0]?.delta?.content ?? "";
  finishReason = chunk.choices[0]?.finish_reason ?? finishReason;
  usage = chunk.usage ?? usage;
}

// The hold is placed at the price that the buyer allows: with this one no account can cover even one token.
const dear = "1000000000000000000";
const stranger = new OpenAI({ baseURL, apiKey: "ck_nobody.00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", maxRetries: 0 });
console.log(JSON.stringify({
  models: (await client.models.list()).data.map((entry) => entry.id),
  answer: answer.choices[0].message.content,
  answerUsage: answer.usage,
  requestId: answer._request_id,
  streamed,
  streamIds: ids.size,
  finishReason,
  usage,
  badKey: await refusal(() => stranger.chat.completions.create({ model, messages })),
  badModel: await refusal(() => client.chat.completions.create({ model: "no-such-model", messages })),
  noFunds: await refusal(() => client.chat.completions.create({ model, messages, provider: { max_price: { prompt: dear, completion: dear } } })),
  noMessages: await refusal(() => client.chat.completions.create({ model, messages: [] })),
}));
