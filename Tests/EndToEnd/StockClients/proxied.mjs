// OpenAI's own client, unmodified, through the sealing proxy: one JSON answer, one stream, what can't be sealed, and a wrong token.
import OpenAI from "openai";

const [baseURL, apiKey, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const stranger = new OpenAI({ baseURL, apiKey: "ck_nobody", maxRetries: 0 });
const messages = [{ role: "user", content: "What is 3 plus 4?" }];

async function refusal(call) {
  try {
    await call();
    return { thrown: false };
  } catch (error) {
    return { thrown: true, status: error.status ?? null, code: error.code ?? null };
  }
}

const answer = await client.chat.completions.create({ model, messages, seed: 1, temperature: 0 });
let streamed = "";
let usage = null;
for await (const chunk of await client.chat.completions.create({ model, messages, seed: 1, temperature: 0, stream: true, stream_options: { include_usage: true } })) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}

console.log(JSON.stringify({
  models: (await client.models.list()).data.map((entry) => entry.id),
  answer: answer.choices[0].message.content,
  provider: answer.provider,
  answerUsage: answer.usage,
  streamed,
  usage,
  unsealable: await refusal(() => client.completions.create({ model, prompt: "What is 3 plus 4?" })),
  stranger: await refusal(() => stranger.chat.completions.create({ model, messages })),
}));
