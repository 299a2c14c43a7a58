// Compiles both contracts and writes their code where Ton/ embeds it: `npm run build`, or `node build.mjs FOLDER`.
// A changed code is another contract at other addresses: its hash stands in Ton/Vouchers and must be changed by hand.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from './lib/compile.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../Ton/Vouchers/Code', import.meta.url));
for (const name of ['channel', 'registry']) {
  const code = await compile(name);
  writeFileSync(`${folder}/${name}.boc`, code.toBoc({ idx: false, crc32: true }));
  console.log(`${name} ${code.hash().toString('hex')}`);
}
