// The agent loops of tools.mjs again, with the house model, two functions and results in JSON. Prints one JSON object with what it saw.
import OpenAI from "openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const [baseURL, apiKey, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const called = [];
const weather = ({ city }) => {
  called.push(`weather ${city}`);
  return { temperature: 21, sky: "clear" };
};
const timer = ({ minutes }) => {
  called.push(`timer ${minutes}`);
  return { state: "done" };
};

const functions = [
  { name: "get_weather", description: "Get the weather in a city", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false }, run: weather },
  { name: "set_timer", description: "Set a timer", parameters: { type: "object", properties: { minutes: { type: "integer" } }, required: ["minutes"], additionalProperties: false }, run: timer },
];
const definitions = functions.map(({ run, ...definition }) => ({ type: "function", function: definition }));

async function openAi(question, stream) {
  const runner = client.chat.completions.runTools({
    model,
    stream,
    temperature: 0,
    messages: [{ role: "user", content: question }],
    tools: functions.map(({ run, ...definition }) => ({ type: "function", function: { ...definition, parse: JSON.parse, function: (given) => JSON.stringify(run(given)) } })),
  });
  const content = await runner.finalContent();
  return { content, roles: runner.messages.map((message) => message.role) };
}

const options = (prompt) => ({
  model: createOpenAICompatible({ name: "cocoon", baseURL, apiKey })(model),
  prompt,
  temperature: 0,
  tools: {
    get_weather: tool({ description: "Get the weather in a city", inputSchema: z.object({ city: z.string() }), execute: weather }),
    set_timer: tool({ description: "Set a timer", inputSchema: z.object({ minutes: z.number().int() }), execute: timer }),
  },
  stopWhen: stepCountIs(4),
  maxRetries: 0,
});

const generated = await generateText(options("What is the weather in Vienna?"));
const streamed = streamText(options("Set a timer for 25 minutes."));
const chunks = [];
for await (const chunk of await client.chat.completions.create({ model, stream: true, temperature: 0, messages: [{ role: "user", content: "weather in Oslo" }], tools: definitions })) {
  chunks.push(chunk.choices[0]);
}

const without = await client.chat.completions.create({ model, temperature: 0, messages: [{ role: "user", content: "What is 12 + 30?" }], tools: definitions });

console.log(JSON.stringify({
  openAi: await openAi("What is the weather in Paris?", false),
  openAiStreamed: await openAi("Set a timer for 5 minutes.", true),
  ai: { content: generated.text, steps: generated.steps.length },
  aiStreamed: { content: await streamed.text, steps: (await streamed.steps).length },
  called: called.toSorted(),
  chunks,
  without: without.choices[0],
}));
