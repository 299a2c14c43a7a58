// usage: node protocol.mjs facts|worker|seal|read|model REQUEST.json ANSWER.json
// A second implementation of docs/protocol.md, written from that page. All bytes are hex.
//   facts   {statement, nonces}                        -> {hash, reportData, gpuNonce, root, proofs}
//   worker  {request, statement, suite, privateKey, receiptKey, stolen}   opens a request and answers it; with a receipt stolen from another answer, if given
//                                                      -> {method, path, body, headerHash, answer, receipt: {receipt, signature}}
//   seal    {statements, session, count, terms, body}  a client's requests
//                                                      -> {requests: [{request, headerHash, exports}]}
//   read    {answer, headerHash, exports, statements}  -> {status, body, lengths, finishReason, tokens, prices}
//   model   {manifest, sealed, shares, statement, privateKey, box, theirs}   an encrypted model (section 16), a share released to us, and one that we release (section 17)
//                                                      -> {manifestHash, keyHash, shareHashes, plain, roots, share, own, released}
import crypto from "node:crypto";
import fs from "node:fs";
import {Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256} from "@hpke/core";
import {DhkemX25519HkdfSha256} from "@hpke/dhkem-x25519";

const bytes = hex => Buffer.from(hex, "hex");
const hex = data => Buffer.from(data).toString("hex");
const join = (...parts) => Buffer.concat(parts.map(part => typeof part === "string" ? Buffer.from(part, "ascii") : Buffer.from(part)));
const sha256 = data => crypto.createHash("sha256").update(data).digest();
const sha512 = data => crypto.createHash("sha512").update(data).digest();
const labeled = (label, data) => join(label, [0], data);
const u16 = value => { const b = Buffer.alloc(2); b.writeUInt16BE(value); return b; };
const u32 = value => { const b = Buffer.alloc(4); b.writeUInt32BE(value); return b; };
const u64 = value => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(value)); return b; };
const must = (holds, what) => { if (!holds) throw new Error(what); };

// CBOR, as much as is needed: numbers, bytes, texts, arrays, maps with small keys, booleans
const head = (major, value) => {
  const n = BigInt(value);
  const short = n < 24n ? [Number(n)] : n < 256n ? [24, Number(n)] : null;
  if (short) return Buffer.from([(major << 5) | short[0], ...short.slice(1)]);
  return n < 65536n ? join([(major << 5) | 25], u16(Number(n))) : n < 4294967296n ? join([(major << 5) | 26], u32(Number(n))) : join([(major << 5) | 27], u64(n));
};
const encode = value => {
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === "number" || typeof value === "bigint") return head(0, value);
  if (typeof value === "string") return join(head(3, Buffer.byteLength(value)), Buffer.from(value, "utf8"));
  if (Array.isArray(value)) return join(head(4, value.length), ...value.map(encode));
  if (value instanceof Map) {
    const entries = [...value].filter(([, v]) => v !== undefined).sort(([a], [b]) => a - b);
    return join(head(5, entries.length), ...entries.flatMap(([k, v]) => [encode(k), encode(v)]));
  }
  return join(head(2, value.length), value);
};
const decode = data => {
  let at = 0;
  const number = info => {
    if (info < 24) return info;
    const size = {24: 1, 25: 2, 26: 4, 27: 8}[info];
    const value = BigInt("0x" + hex(data.subarray(at, at += size)));
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  };
  const next = () => {
    const [major, info] = [data[at] >> 5, data[at++] & 31];
    if (major === 7) return info === 21;
    const value = number(info);
    if (major === 0) return value;
    if (major === 2) return data.subarray(at, at += value);
    if (major === 3) return data.subarray(at, at += value).toString("utf8");
    if (major === 4) return Array.from({length: value}, next);
    return new Map(Array.from({length: value}, () => [next(), next()]));
  };
  const value = next();
  must(at === data.length && hex(encode(value)) === hex(data), "not deterministic CBOR");
  return value;
};

const hmac = (key, data) => crypto.createHmac("sha256", key).update(data).digest();
const extract = (salt, ikm) => hmac(salt, ikm);
const expand = (prk, info, length) => {
  const first = hmac(prk, join(info, [1]));
  return join(first, hmac(prk, join(first, info, [2]))).subarray(0, length);
};
const keys = (prk, side) => ({key: expand(prk, `cocoon/${side}/key`, 32), iv: expand(prk, `cocoon/${side}/nonce`, 12)});
const nonce = (iv, number) => {
  const n = Buffer.from(iv);
  n.writeBigUInt64BE(n.readBigUInt64BE(4) ^ BigInt(number), 4);
  return n;
};
const gcmSeal = (key, n, aad, plaintext) => {
  const cipher = crypto.createCipheriv("aes-256-gcm", key, n);
  cipher.setAAD(aad);
  return join(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
};
const gcmOpen = (key, n, aad, sealed) => {
  const cipher = crypto.createDecipheriv("aes-256-gcm", key, n, {authTagLength: 16});
  cipher.setAAD(aad);
  cipher.setAuthTag(sealed.subarray(-16));
  return join(cipher.update(sealed.subarray(0, -16)), cipher.final());
};

const suiteOf = number => new CipherSuite({kem: number === 1 ? new DhkemP256HkdfSha256() : new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm()});
const infoOf = (label, suite, network, hash) => join(label, [0], u16(suite), [network.length], network, hash);
const hashOf = statement => sha256(labeled("cocoon/attest/v1", statement));
const exported = async (context, label) => Buffer.from(await context.export(Buffer.from(label), 32));

// records
class Writer {
  constructor({key, iv}, direction, hh) { Object.assign(this, {key, iv, direction, hh, seq: 0, said: []}); }
  write(type, data, zeros = 0) {
    if (type <= 1) this.said.push(data);
    const plaintext = join([type], u16(data.length), data, Buffer.alloc(zeros));
    const sealed = gcmSeal(this.key, nonce(this.iv, this.seq), join([this.direction], u64(this.seq++), this.hh), plaintext);
    return join(u32(sealed.length), sealed);
  }
  transcript() { return sha256(join(...this.said)); }
}
const readRecords = (data, {key, iv}, direction, hh) => {
  const records = [];
  const said = [];
  let at = 0;
  while (at < data.length) {
    const length = data.readUInt32BE(at);
    must(length >= 19 && length <= 65536 && at + 4 + length <= data.length, "length");
    must(records.length === 0 || records.at(-1).type < 3, "bytes behind the end");
    const plaintext = gcmOpen(key, nonce(iv, records.length), join([direction], u64(records.length), hh), data.subarray(at + 4, at + 4 + length));
    const [type, n] = [plaintext[0], plaintext.readUInt16BE(1)];
    must(type <= 4 && plaintext.subarray(3 + n).every(zero => zero === 0), "record");
    must((records.length === 0) === (type === 0), "order");
    const text = plaintext.subarray(3, 3 + n);
    if (type <= 1) said.push(text);
    records.push({type, text, at, length: 4 + length});
    at += 4 + length;
  }
  must(records.length > 0 && records.at(-1).type >= 3, "no end");
  return {records, transcript: sha256(join(...said))};
};

// section 10
const padRequest = (mode, length) => {
  if (mode === 0) return length;
  if (mode === 1) {
    const l = Math.max(length, 256);
    const e = Math.floor(Math.log2(l));
    const step = 2 ** (e - (Math.floor(Math.log2(e)) + 1));
    return Math.ceil(l / step) * step;
  }
  return [1, 4, 16, 64, 256].map(k => k * 1024).find(size => length <= size) ?? Math.ceil(length / 262144) * 262144;
};
const padAnswer = (mode, length) => mode === 0 ? 0 : mode === 1 ? (128 - length % 128) % 128 : (512 - (length + 20) % 512) % 512;
const writeRequest = (prk, hh, padding, meta, body) => {
  const writer = new Writer(keys(prk, "req"), 0, hh);
  const parts = [writer.write(0, meta)];
  for (let i = 0; i < body.length; i += 32768) parts.push(writer.write(1, body.subarray(i, i + 32768)));
  const bare = parts.reduce((sum, part) => sum + part.length, 0) + 55;
  let filling = padRequest(padding, bare) - bare;
  while (filling > 65485) {
    const size = Math.min(filling, 65540);
    parts.push(writer.write(1, Buffer.alloc(0), size - 23));
    filling -= size;
  }
  return join(...parts, writer.write(3, writer.transcript(), filling));
};

const facts = ({statement, nonces}) => {
  const map = decode(bytes(statement));
  const bound = labeled("cocoon/attest/v1", bytes(statement));
  const without = new Map([...map].filter(([key]) => key !== 11 && key !== 13));
  const leaves = nonces.map(n => sha256(join([0], bytes(n))));
  const split = n => { let k = 1; while (2 * k < n) k *= 2; return k; };
  const root = l => l.length === 1 ? l[0] : sha256(join([1], root(l.slice(0, split(l.length))), root(l.slice(split(l.length)))));
  const path = (l, i) => {
    if (l.length === 1) return [];
    const k = split(l.length);
    return i < k ? [...path(l.slice(0, k), i), root(l.slice(k))] : [...path(l.slice(k), i - k), root(l.slice(0, k))];
  };
  return {
    hash: hex(sha256(bound)),
    reportData: hex(sha512(bound)),
    gpuNonce: hex(sha256(labeled("cocoon/gpu/v1", sha512(encode(without))))),
    root: hex(root(leaves)),
    proofs: leaves.map((_, i) => hex(encode([i, leaves.length, path(leaves, i)]))),
  };
};

const openRequest = async ({request, statement, suite, privateKey}) => {
  const data = bytes(request);
  const magic = data.subarray(0, 4).toString("ascii");
  const length = data.readUInt32BE(4);
  const headerBytes = data.subarray(8, 8 + length);
  const header = decode(headerBytes);
  const hh = sha256(labeled("cocoon/header/v1", headerBytes));
  must(header.get(0) === 1 && header.get(4) === suite && (magic === "CSS1") === header.has(13), "header");
  const recipients = header.get(10);
  const wraps = data.subarray(8 + length, 8 + length + 48 * recipients.length);
  const records = data.subarray(8 + length + wraps.length);
  const hash = hashOf(bytes(statement));
  const place = recipients.findIndex(([name]) => hex(name) === hex(hash));
  must(place >= 0, "not for us");
  const hpke = suiteOf(suite);
  const isSession = magic === "CSS1";
  const context = await hpke.createRecipientContext({
    recipientKey: await hpke.kem.deserializePrivateKey(bytes(privateKey)),
    enc: recipients[place][1],
    info: infoOf(isSession ? "cocoon/session/v1" : "cocoon/wrap/v1", suite, header.get(1), hash),
  });
  let rs, exportSecret;
  if (isSession) {
    const secret = await exported(context, "cocoon/session/v1");
    const key = expand(secret, join("cocoon/session/wrap", hh), 44);
    rs = gcmOpen(key.subarray(0, 32), key.subarray(32), hh, wraps);
  } else {
    rs = Buffer.from(await context.open(wraps.subarray(48 * place, 48 * place + 48), hh));
    exportSecret = await exported(context, "cocoon/resp/v1");
  }
  const prk = extract(sha256(join(hh, wraps)), rs);
  exportSecret ??= expand(prk, "cocoon/resp/v1", 32);
  const {records: opened, transcript} = readRecords(records, keys(prk, "req"), 0, hh);
  must(hex(opened.at(-1).text) === hex(transcript), "transcript");
  return {header, hh, hash, exportSecret, meta: decode(opened[0].text), body: join(...opened.slice(1, -1).map(record => record.text))};
};

const worker = async input => {
  const {header, hh, hash, exportSecret, meta, body} = await openRequest(input);
  const responseNonce = crypto.randomBytes(32);
  const writer = new Writer(keys(extract(join(hh, responseNonce), exportSecret), "resp"), 1, hh);
  const padding = header.get(7);
  const parts = [join("CSR1", hash, responseNonce)];
  const write = (type, data) => parts.push(writer.write(type, data, padAnswer(padding, 3 + data.length)));
  const model = Buffer.alloc(32, 7);
  write(0, encode(new Map([[0, 200], [1, "text/event-stream"], [2, model], [3, "node"]])));
  write(2, Buffer.alloc(0));
  for (const piece of ["one ", "two ", "three"]) write(1, Buffer.from(piece));
  const own = encode(new Map([
    [0, 1], [1, header.get(1)], [2, header.get(2)], [3, hh], [4, hash], [5, responseNonce], [6, [240, 16, 3, 0]], [7, sha256(join(...parts))], [8, 0],
    [9, sha256(labeled("cocoon/price/v1", encode([100, 10, 400, 5])))], [10, [1770000000000, 1770000000900]], [11, model],
  ]));
  const key = crypto.createPrivateKey({key: bytes(input.receiptKey), format: "der", type: "pkcs8"});
  const receipt = input.stolen ? bytes(input.stolen.receipt) : own;
  const signature = input.stolen ? bytes(input.stolen.signature) : crypto.sign("sha256", labeled("cocoon/receipt/v1", own), {key, dsaEncoding: "ieee-p1363"});
  write(3, encode(new Map([[0, "stop"], [1, writer.transcript()], [2, receipt], [3, signature]])));
  return {method: meta.get(0), path: meta.get(1), body: hex(body), headerHash: hex(hh), answer: hex(join(...parts)), receipt: {receipt: hex(receipt), signature: hex(signature)}};
};

const seal = async ({statements, session, count, terms, body}) => {
  const hashes = statements.map(statement => hashOf(bytes(statement)));
  const maps = statements.map(statement => decode(bytes(statement)));
  const network = maps[0].get(1);
  const suite = terms.suite;
  const hpke = suiteOf(suite);
  const contexts = [];
  for (const [i, map] of maps.entries()) {
    const publicKey = map.get(8).find(([number]) => number === suite)[1];
    contexts.push(await hpke.createSenderContext({
      recipientPublicKey: await hpke.kem.deserializePublicKey(publicKey),
      info: infoOf(session ? "cocoon/session/v1" : "cocoon/wrap/v1", suite, network, hashes[i]),
    }));
  }
  const requests = [];
  for (let counter = 0; counter < count; counter++) {
    const id = crypto.randomBytes(16);
    id[6] = 0x70 | id[6] & 15;
    id[8] = 0x80 | id[8] & 63;
    const header = encode(new Map([
      [0, 1], [1, network], [2, id], [3, terms.model], [4, suite], [5, 1], [6, terms.minimumTier], [7, terms.padding], [8, BigInt(terms.holdLimitNano)],
      [9, terms.expires], [10, hashes.map((hash, i) => [hash, Buffer.from(contexts[i].enc)])], [13, session ? counter : undefined],
    ]));
    const hh = sha256(labeled("cocoon/header/v1", header));
    const rs = crypto.randomBytes(32);
    let wraps, exports;
    if (session) {
      const secret = await exported(contexts[0], "cocoon/session/v1");
      const key = expand(secret, join("cocoon/session/wrap", hh), 44);
      wraps = gcmSeal(key.subarray(0, 32), key.subarray(32), hh, rs);
    } else {
      wraps = Buffer.alloc(0);
      exports = [];
      for (const context of contexts) {
        wraps = join(wraps, Buffer.from(await context.seal(rs, hh)));
        exports.push(await exported(context, "cocoon/resp/v1"));
      }
    }
    const prk = extract(sha256(join(hh, wraps)), rs);
    exports ??= [expand(prk, "cocoon/resp/v1", 32)];
    const meta = encode(new Map([[0, "POST"], [1, "/v1/chat/completions"], [2, "application/json"], [3, Buffer.alloc(32, 9)]]));
    const request = join(session ? "CSS1" : "CSE1", u32(header.length), header, wraps, writeRequest(prk, hh, terms.padding, meta, bytes(body)));
    requests.push({request: hex(request), headerHash: hex(hh), exports: exports.map(hex)});
  }
  return {requests};
};

const read = ({answer, headerHash, exports, statements}) => {
  const [data, hh] = [bytes(answer), bytes(headerHash)];
  must(data.subarray(0, 4).toString("ascii") === "CSR1", "magic");
  const place = statements.findIndex(statement => hex(hashOf(bytes(statement))) === hex(data.subarray(4, 36)));
  must(place >= 0, "unknown worker");
  const responseNonce = data.subarray(36, 68);
  const {records, transcript} = readRecords(data.subarray(68), keys(extract(join(hh, responseNonce), bytes(exports[place])), "resp"), 1, hh);
  const final = decode(records.at(-1).text);
  must(hex(final.get(1)) === hex(transcript), "transcript");
  const receipt = decode(final.get(2));
  const point = decode(bytes(statements[place])).get(9);
  const key = crypto.createPublicKey({key: {kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url")}, format: "jwk"});
  must(crypto.verify("sha256", labeled("cocoon/receipt/v1", final.get(2)), {key, dsaEncoding: "ieee-p1363"}, final.get(3)), "signature");
  must(hex(receipt.get(3)) === headerHash && hex(receipt.get(4)) === hex(data.subarray(4, 36)) && hex(receipt.get(5)) === hex(responseNonce), "receipt");
  must(hex(receipt.get(7)) === hex(sha256(data.subarray(0, 68 + records.at(-1).at))), "hash of the answer");
  return {
    status: decode(records[0].text).get(0),
    body: hex(join(...records.filter(record => record.type === 1).map(record => record.text))),
    lengths: records.map(record => record.length),
    finishReason: final.get(0),
    tokens: receipt.get(6),
    prices: hex(receipt.get(9)),
  };
};

// sections 16 and 17
const times = (a, b) => {
  let product = 0;
  for (; b; b >>= 1, a = a & 128 ? (a << 1) ^ 0x11b : a << 1) if (b & 1) product ^= a;
  return product;
};
const inverse = a => Array.from({length: 255}, (_, i) => i + 1).find(b => times(a, b) === 1);
const joinShares = shares => Buffer.from(Array.from({length: 32}, (_, i) => shares.reduce((sum, {x, value}) =>
  sum ^ times(value[i], shares.reduce((weight, other) => other.x === x ? weight : times(weight, times(other.x, inverse(other.x ^ x))), 1)), 0)));
const piece = 4194304;
const treeRoot = leaves => {
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return sha256(join([1], treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k))));
};
const fileKey = (key, salt, name) => Buffer.from(crypto.hkdfSync("sha256", key, salt, labeled("cocoon/model/file/v1", Buffer.from(name)), 32));
const pieceNumber = (index, last, name) => [join(u32(0), u64(index)), join(u64(index), [last ? 1 : 0], name)];
const releaseInfo = (manifestHash, statement) => labeled("cocoon/release/v1", join(manifestHash, hashOf(statement)));

const model = async ({manifest, sealed, shares, statement, privateKey, box, theirs}) => {
  const map = decode(bytes(manifest));
  const manifestHash = sha256(labeled("cocoon/model/v1", bytes(manifest)));
  const read = shares.map(({x, value}) => ({x, value: bytes(value)}));
  const key = joinShares(read.slice(0, map.get(7)));
  must(hex(sha256(labeled("cocoon/model/key/v1", key))) === hex(map.get(4)), "key hash");
  const files = map.get(3).map(([name, length, salt], i) => {
    const data = bytes(sealed[i]);
    const count = Math.max(1, Math.ceil(length / piece));
    const pieces = Array.from({length: count}, (_, index) => data.subarray(index * (piece + 16), Math.min(data.length, (index + 1) * (piece + 16))));
    const plain = pieces.map((c, index) => gcmOpen(fileKey(key, salt, name), ...pieceNumber(index, index === count - 1, name), c));
    return {plain: hex(join(...plain)), root: hex(treeRoot(pieces.map(c => sha256(join([0], c)))))};
  });
  const hpke = suiteOf(1);
  const recipient = await hpke.createRecipientContext({
    recipientKey: await hpke.kem.deserializePrivateKey(bytes(privateKey)), enc: bytes(box.encapsulation), info: releaseInfo(manifestHash, bytes(statement)),
  });
  const share = Buffer.from(await recipient.open(bytes(box.sealed)));
  const [salt, content] = [crypto.randomBytes(32), Buffer.from("weights of the other's")];
  const own = gcmSeal(fileKey(key, salt, "own.safetensors"), ...pieceNumber(0, true, "own.safetensors"), content);
  const sender = await hpke.createSenderContext({
    recipientPublicKey: await hpke.kem.deserializePublicKey(decode(bytes(theirs)).get(8)[0][1]), info: releaseInfo(manifestHash, bytes(theirs)),
  });
  return {
    manifestHash: hex(manifestHash),
    keyHash: hex(map.get(4)),
    shareHashes: read.map(({x, value}) => hex(sha256(labeled("cocoon/model/share/v1", join([x], value))))),
    plain: files.map(file => file.plain),
    roots: files.map(file => file.root),
    share: {x: share[0], value: hex(share.subarray(1))},
    own: {salt: hex(salt), sealed: hex(own), root: hex(sha256(join([0], own))), content: hex(content)},
    released: {encapsulation: hex(sender.enc), sealed: hex(await sender.seal(join([read[1].x], read[1].value)))},
  };
};

const [, , what, from, to] = process.argv;
const answers = [];
for (const request of JSON.parse(fs.readFileSync(from, "utf8"))) {
  answers.push(await {facts, worker, seal, read, model}[what](request));
}
fs.writeFileSync(to, JSON.stringify(answers));
