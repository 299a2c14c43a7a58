// OpenAI's own client, unmodified, asking for several answers: as one document, and streamed through the client's own collector. Prints one JSON object.
import OpenAI from "openai";

const [baseURL, apiKey, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const asked = { model, messages: [{ role: "user", content: "Tell me about yourself." }], n: 3, seed: 11, temperature: 1.5, max_completion_tokens: 12 };

const whole = await client.chat.completions.create(asked);
const stream = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
let changes = 0;
let last = null;
stream.on("chunk", (chunk) => {
  const index = chunk.choices[0]?.index ?? last;
  changes += last !== null && index !== last ? 1 : 0;
  last = index;
});
const collected = await stream.finalChatCompletion();
const shown = (answer) => answer.choices.map((choice) => ({ index: choice.index, content: choice.message.content, finish: choice.finish_reason }));
console.log(JSON.stringify({ whole: shown(whole), wholeUsage: whole.usage, streamed: shown(collected), streamedUsage: collected.usage, changes }));
