// Agent loops of two stock libraries, unmodified: OpenAI's runTools and Vercel's AI SDK, each with one function. Prints one JSON object with what it saw.
import OpenAI from "openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const [baseURL, apiKey, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const question = "What is the weather in Paris?";
const called = [];
const weather = ({ city }) => {
  called.push(city);
  return `It is sunny in ${city}.`;
};

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const definition = { type: "function", function: { name: "get_weather", description: "Tells the weather.", parameters } };

async function openAi(stream) {
  const runner = client.chat.completions.runTools({
    model,
    stream,
    messages: [{ role: "user", content: question }],
    tools: [{ type: "function", function: { ...definition.function, parse: JSON.parse, function: weather } }],
  });
  const content = await runner.finalContent();
  return { content, roles: runner.messages.map((message) => message.role) };
}

const provider = createOpenAICompatible({ name: "cocoon", baseURL, apiKey });
const options = {
  model: provider(model),
  prompt: question,
  tools: { get_weather: tool({ description: "Tells the weather.", inputSchema: z.object({ city: z.string() }), execute: weather }) },
  stopWhen: stepCountIs(4),
  maxRetries: 0,
};

const streamed = streamText(options);
const generated = await generateText(options);

// The shapes themselves: what comes before the first piece of text, and no part of a call in the content.
const chunks = [];
for await (const chunk of await client.chat.completions.create({ model, stream: true, messages: [{ role: "user", content: question }], tools: [definition] })) {
  chunks.push(chunk.choices[0]);
}

const raw = await client.chat.completions.create({ model, messages: [{ role: "user", content: question }], tools: [definition] });

const two = "What is the weather in Paris and in Rome?";
const count = async (parallel_tool_calls) =>
  (await client.chat.completions.create({ model, messages: [{ role: "user", content: two }], tools: [definition], parallel_tool_calls })).choices[0].message.tool_calls.length;

console.log(JSON.stringify({
  parallel: await count(true),
  single: await count(false),
  openAi: await openAi(false),
  openAiStreamed: await openAi(true),
  ai: { content: generated.text, steps: generated.steps.length },
  aiStreamed: { content: await streamed.text, steps: (await streamed.steps).length },
  called,
  raw: { content: raw.choices[0].message.content, calls: raw.choices[0].message.tool_calls, finishReason: raw.choices[0].finish_reason },
  chunks,
}));
