// usage: node hpke.mjs seal|open REQUEST.json ANSWER.json
// The other side of HPKE, by @hpke/core. All bytes are hex.
// seal: {kem, aead, publicKey, info, aad, messages} -> {encapsulation, messages, exported}
// open: {kem, aead, privateKey, encapsulation, info, aad, messages} -> {messages, exported}
import fs from "node:fs";
import {Aes128Gcm, Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256} from "@hpke/core";
import {DhkemX25519HkdfSha256} from "@hpke/dhkem-x25519";
import {Chacha20Poly1305} from "@hpke/chacha20poly1305";

const bytes = hex => new Uint8Array(Buffer.from(hex, "hex"));
const hex = data => Buffer.from(data).toString("hex");
const exporter = new TextEncoder().encode("exporter");

const [, , what, from, to] = process.argv;
const answers = [];
for (const request of JSON.parse(fs.readFileSync(from, "utf8"))) {
  const suite = new CipherSuite({
    kem: request.kem === 16 ? new DhkemP256HkdfSha256() : new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: {1: () => new Aes128Gcm(), 2: () => new Aes256Gcm(), 3: () => new Chacha20Poly1305()}[request.aead](),
  });
  const messages = [];
  let context;
  if (what === "seal") {
    context = await suite.createSenderContext({recipientPublicKey: await suite.kem.deserializePublicKey(bytes(request.publicKey)), info: bytes(request.info)});
    for (const message of request.messages) {
      messages.push(hex(await context.seal(bytes(message), bytes(request.aad))));
    }
  } else {
    const recipientKey = await suite.kem.deserializePrivateKey(bytes(request.privateKey));
    context = await suite.createRecipientContext({recipientKey, enc: bytes(request.encapsulation), info: bytes(request.info)});
    for (const message of request.messages) {
      messages.push(hex(await context.open(bytes(message), bytes(request.aad))));
    }
  }
  answers.push({encapsulation: what === "seal" ? hex(context.enc) : null, messages, exported: hex(await context.export(exporter, 32))});
}
fs.writeFileSync(to, JSON.stringify(answers));
