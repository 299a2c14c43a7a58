// Runs stock clients of OpenAI's API, unmodified, against a gateway: node run.mjs BASE_URL API_KEY MODEL [--sheet FILE]. Needs `npm ci` here, and the .NET SDK.
// Prints one JSON object with a row for each check, and writes them as a page where asked to; the exit code is 1 where one failed.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText, tool } from "ai";
import { ChatOpenAI, OpenAI as CompletionOpenAI } from "@langchain/openai";
import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, run, setTracingDisabled, tool as agentTool } from "@openai/agents";
import { z } from "zod";

const { values: { sheet }, positionals: [baseURL, apiKey, model] } = parseArgs({ allowPositionals: true, options: { sheet: { type: "string" } } });
if (!model) {
  console.error("node run.mjs BASE_URL API_KEY MODEL [--sheet FILE], for example: node run.mjs http://127.0.0.1:8080/v1 ck_... house");
  process.exit(2);
}

const question = "What is 3 plus 4?";
const rows = [];
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function demand(holds, what) {
  if (!holds) {
    throw new Error(what);
  }
}

async function check(client, what, body) {
  try {
    await body();
    rows.push({ client, check: what, passed: true });
  } catch (error) {
    rows.push({ client, check: what, passed: false, error: String(error?.message ?? error).slice(0, 400) });
  }
}

const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
await check("openai", "chat.completions, JSON", async () => {
  const answer = await openai.chat.completions.create({ model, messages: [{ role: "user", content: question }], temperature: 0 });
  demand(answer.choices[0].message.content, "no content");
});
await check("openai", "chat.completions, stream", async () => {
  let text = "";
  for await (const chunk of await openai.chat.completions.create({ model, messages: [{ role: "user", content: question }], stream: true })) {
    text += chunk.choices[0]?.delta?.content ?? "";
  }
  demand(text, "no content");
});
await check("openai", "completions, JSON and stream", async () => {
  const prompt = { model, prompt: "One, two, three,", max_tokens: 8, temperature: 0 };
  const whole = await openai.completions.create(prompt);
  let text = "";
  for await (const chunk of await openai.completions.create({ ...prompt, stream: true })) {
    text += chunk.choices[0]?.text ?? "";
  }
  demand(whole.choices[0].text === text, "the stream says something else");
});
await check("openai", "responses, JSON", async () => {
  const response = await openai.responses.create({ model, input: question, temperature: 0 });
  demand(response.status === "completed" && response.output_text, "no output_text");
});
await check("openai", "responses, stream", async () => {
  const stream = openai.responses.stream({ model, input: question, temperature: 0 });
  let text = "";
  stream.on("response.output_text.delta", (event) => (text += event.delta));
  const response = await stream.finalResponse();
  demand(text && response.output_text === text, "the deltas are not the output");
});
await check("openai", "responses, structured output", async () => {
  const response = await openai.responses.create({
    model, input: question, temperature: 0,
    text: { format: { type: "json_schema", name: "sum", strict: true, schema: { type: "object", properties: { sum: { type: "integer", maximum: 99 } }, required: ["sum"], additionalProperties: false } } },
  });
  demand(Number.isInteger(JSON.parse(response.output_text).sum), "no sum");
});
await check("openai", "responses, background: retrieve, input_items, delete", async () => {
  let response = await openai.responses.create({ model, input: question, background: true });
  for (let i = 0; i < 300 && response.status === "in_progress"; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    response = await openai.responses.retrieve(response.id);
  }
  demand(response.status === "completed", response.status);
  const items = await openai.responses.inputItems.list(response.id);
  demand(items.data.length === 1, "no input item");
  await openai.responses.delete(response.id);
});
await check("openai", "responses.inputTokens.count", async () => {
  const count = await openai.responses.inputTokens.count({ model, input: question });
  demand(count.input_tokens > 0, "no tokens");
});
await check("openai", "models.list, models.retrieve", async () => {
  const list = await openai.models.list();
  demand(list.data.some((one) => one.id === model), "the model is not there");
  demand((await openai.models.retrieve(model)).id === model, "another model");
});
await check("openai", "errors are typed", async () => {
  const error = await openai.chat.completions.create({ model: "no-such-model", messages: [{ role: "user", content: "hi" }] }).catch((caught) => caught);
  demand(error instanceof OpenAI.NotFoundError && error.code === "model_not_found" && error.param === "model", `${error}`);
});

const vercel = createOpenAICompatible({ name: "cocoon", baseURL, apiKey, includeUsage: true })(model);
await check("ai + @ai-sdk/openai-compatible", "generateText", async () => {
  const answer = await generateText({ model: vercel, prompt: question, maxRetries: 0 });
  demand(answer.text && answer.usage.totalTokens > 0, "no text or usage");
});
await check("ai + @ai-sdk/openai-compatible", "streamText", async () => {
  const answer = streamText({ model: vercel, prompt: question, maxRetries: 0 });
  let text = "";
  for await (const piece of answer.textStream) {
    text += piece;
  }
  demand(text && (await answer.finishReason) === "stop", "no text");
});
await check("ai + @ai-sdk/openai-compatible", "a forced tool", async () => {
  const answer = await generateText({
    model: vercel, prompt: question, maxRetries: 0, toolChoice: "required",
    tools: { add: tool({ description: "Adds.", inputSchema: z.object({ a: z.number().int().max(99), b: z.number().int().max(99) }) }) },
  });
  demand(answer.toolCalls[0]?.toolName === "add", "no call");
});

await check("@langchain/openai", "ChatOpenAI.invoke", async () => {
  const chat = new ChatOpenAI({ model, apiKey, configuration: { baseURL }, maxRetries: 0 });
  const answer = await chat.invoke(question);
  demand(answer.content && answer.usage_metadata.total_tokens > 0, "no content or usage");
});
await check("@langchain/openai", "ChatOpenAI.stream", async () => {
  const chat = new ChatOpenAI({ model, apiKey, configuration: { baseURL }, maxRetries: 0 });
  let text = "";
  for await (const chunk of await chat.stream(question)) {
    text += chunk.content;
  }
  demand(text, "no content");
});
await check("@langchain/openai", "ChatOpenAI over the Responses API", async () => {
  const chat = new ChatOpenAI({ model, apiKey, configuration: { baseURL }, maxRetries: 0, useResponsesApi: true });
  demand((await chat.invoke(question)).text, "no text");
});
await check("@langchain/openai", "withStructuredOutput", async () => {
  const chat = new ChatOpenAI({ model, apiKey, configuration: { baseURL }, maxRetries: 0 });
  const answer = await chat.withStructuredOutput(z.object({ sum: z.number().int().max(99) }), { method: "jsonSchema", name: "sum" }).invoke(question);
  demand(Number.isInteger(answer.sum), "no sum");
});
await check("@langchain/openai", "OpenAI (completions).invoke", async () => {
  const completion = new CompletionOpenAI({ model, apiKey, configuration: { baseURL }, maxRetries: 0, maxTokens: 8 });
  demand(typeof (await completion.invoke("One, two, three,")) === "string", "no text");
});

setTracingDisabled(true);
for (const [name, kind] of [["chat completions", OpenAIChatCompletionsModel], ["responses", OpenAIResponsesModel]]) {
  await check("@openai/agents", `an agent over ${name}`, async () => {
    const agent = new Agent({ name: "Teacher", instructions: "Be brief.", model: new kind(openai, model) });
    demand((await run(agent, question)).finalOutput, "no output");
  });
  await check("@openai/agents", `an agent over ${name}, streamed`, async () => {
    const agent = new Agent({ name: "Teacher", instructions: "Be brief.", model: new kind(openai, model) });
    const result = await run(agent, question, { stream: true });
    await result.completed;
    demand(result.finalOutput, "no output");
  });
  await check("@openai/agents", `an agent over ${name} that has to call a function`, async () => {
    const add = agentTool({ name: "add", description: "Adds.", parameters: z.object({ a: z.number().int().max(99), b: z.number().int().max(99) }), execute: ({ a, b }) => String(a + b) });
    const agent = new Agent({ name: "Teacher", instructions: "Be brief.", model: new kind(openai, model), tools: [add], modelSettings: { toolChoice: "required" }, toolUseBehavior: "stop_on_first_tool" });
    demand((await run(agent, question)).finalOutput, "no output");
  });
}

await check("compatcanary", "--profile modern", async () => {
  const program = fileURLToPath(new URL("cli.js", import.meta.resolve("compatcanary")));
  const result = spawnSync(process.execPath, [program, "scan", "--base-url", baseURL, "--model", model, "--profile", "modern"], { encoding: "utf8", timeout: 300_000, env: { ...process.env, OPENAI_API_KEY: apiKey } });
  demand(result.status === 0, `${result.stdout}\n${result.stderr}`.slice(-4000));
});

const dotNet = spawnSync("dotnet", ["run", "--project", here("DotNet"), "-c", "Release", "--", baseURL, apiKey, model], { encoding: "utf8", timeout: 600_000 });
if (dotNet.status === 0) {
  rows.push(...JSON.parse(dotNet.stdout.trim().split("\n").at(-1)));
} else {
  rows.push({ client: ".NET", check: "dotnet run", passed: false, error: `${dotNet.error ?? ""}${dotNet.stdout}${dotNet.stderr}`.slice(-2000) });
}

const passed = rows.filter((row) => row.passed).length;
console.log(JSON.stringify({ passed, failed: rows.length - passed, rows }, null, 1));
process.exitCode = passed === rows.length ? 0 : 1;
if (sheet) {
  const { dependencies } = JSON.parse(readFileSync(here("package.json"), "utf8"));
  const pinned = readFileSync(here("../../Directory.Packages.props"), "utf8");
  const ofDotNet = readFileSync(here("DotNet/Conformance.DotNet.csproj"), "utf8").matchAll(/PackageReference Include="([^"]+)"/g);
  const versions = [
    ...Object.entries(dependencies).map(([name, version]) => `${name} ${version}`),
    ...[...ofDotNet].map(([, name]) => `${name} ${pinned.match(new RegExp(`Include="${name.replaceAll(".", "\\.")}" Version="([^"]+)"`))[1]}`),
  ];
  writeFileSync(sheet, `# Stock clients

Written by \`Tests/Conformance/run.mjs\` against a running network: each client as it comes from its registry, nothing of ours in it but the address and the key.

\`\`\`
./cocoon up                                        # prints the address and the key
cd Tests/Conformance && npm ci --ignore-scripts
node run.mjs http://127.0.0.1:8080/v1 <key> house --sheet ../../docs/conformance.md
\`\`\`

**${passed} of ${rows.length} passed.** Model: \`${model}\`. Packages: ${versions.join(", ")}.

| Client | Check | |
|---|---|---|
${rows.map((row) => `| ${row.client} | ${row.check} | ${row.passed ? "passed" : `**failed**: ${row.error.replaceAll(/\s+/g, " ").replaceAll("|", "/").slice(0, 200)}`} |`).join("\n")}
`);
}
