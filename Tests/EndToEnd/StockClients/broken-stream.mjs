// OpenAI's own client, unmodified, while a worker dies in the middle of an answer: prints what the caller's code gets to see.
import OpenAI, { APIError } from "openai";

const [baseURL, apiKey, model, content] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
let text = "";
try {
  const stream = await client.chat.completions.create({ model, messages: [{ role: "user", content }], stream: true });
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
  console.log(JSON.stringify({ thrown: false, text }));
} catch (error) {
  console.log(JSON.stringify({ thrown: true, isApiError: error instanceof APIError, code: error.code ?? null, text }));
}
