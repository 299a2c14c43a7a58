// toncenter's HTTP API, version 2, over a chain of its own, for development and tests:
// `node devchain/devchain.mjs [unix time] [--port n] [--journal file]`.
// With a time, the chain's clock starts there and stands still until dev_now moves it; without one, it is this machine's clock.
// With a journal, every change is written there before it is answered, and made again at the next start.
// Listens on 127.0.0.1 at that port or a free one, prints `READY <port>`, and ends when its standard input closes, so that no orphan stays.
// /1/api/v2 and /2/api/v2 are two endpoints of one chain, each with faults of its own.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { DevelopmentChain } from './development-chain.mjs';
import { Journal } from './journal.mjs';
import { ApiError, Silence, Toncenter } from './toncenter.mjs';

const largestBody = 1024 * 1024;

const machineTime = () => Math.floor(Date.now() / 1000);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { port: { type: 'string' }, journal: { type: 'string' } } });
const standsStill = positionals[0] !== undefined;
const startTime = standsStill ? Number(positionals[0]) : machineTime();
const journal = values.journal === undefined ? undefined : new Journal(values.journal, startTime);
const chain = await DevelopmentChain.start(journal?.startTime ?? startTime);
await journal?.replay(chain);
const toncenter = new Toncenter(chain);

/** One call after the other: the chain has one state. */
let last = Promise.resolve();
function inTurn(endpoint, method, parameters) {
  const answer = last.then(() => {
    if (!standsStill && machineTime() > chain.now) {
      chain.setNow(machineTime());
    }

    return toncenter.call(endpoint, method, parameters);
  });
  last = answer.catch(() => {});
  return answer;
}

async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > largestBody) {
      throw new ApiError(413, 'the body is too large');
    }

    chunks.push(chunk);
  }

  const text = Buffer.concat(chunks).toString();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(422, 'the body is not JSON');
  }
}

function respond(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const route = /^(?:\/(?<endpoint>[12]))?\/api\/v2\/(?<method>\w+)$/.exec(url.pathname)?.groups;
  let rpc = {};
  try {
    if (route === undefined) {
      throw new ApiError(404, 'Not found');
    }

    const body = await readBody(request);
    const isRpc = route.method === 'jsonRPC';
    rpc = isRpc ? { jsonrpc: '2.0', id: body.id ?? null } : {};
    const method = isRpc ? body.method : route.method;
    const parameters = isRpc ? (body.params ?? {}) : { ...Object.fromEntries(url.searchParams), ...body };
    const result = await inTurn(Number(route.endpoint ?? 1), String(method), parameters);
    respond(response, 200, { ok: true, result, ...rpc });
  } catch (error) {
    if (error instanceof Silence) {
      return;
    }

    const code = error instanceof ApiError ? error.code : error instanceof RangeError ? 422 : 500;
    respond(response, code, { ok: false, error: error.message, code, ...rpc });
  }
});

server.listen(Number(values.port ?? 0), '127.0.0.1', () => {
  const { port } = server.address();
  console.log(`READY ${port}`);
  console.log(`COCOON-READY ${JSON.stringify({ port })}`);
});
process.stdin.on('end', () => process.exit(0));
process.stdin.on('close', () => process.exit(0));
process.stdin.resume();
