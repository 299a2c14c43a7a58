// Compiles a contract of this folder with the pinned compiler.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Cell } from '@ton/core';
import { runTolkCompiler } from '@ton/tolk-js';

const folder = new URL('../', import.meta.url);

/** The code cell of `channel` or `registry`. */
export async function compile(name) {
  const result = await runTolkCompiler({
    entrypointFileName: `${name}.tolk`,
    fsReadCallback: path => readFileSync(fileURLToPath(new URL(path, folder)), 'utf8'),
  });
  if (result.status !== 'ok') {
    throw new Error(`${name}.tolk: ${result.message}`);
  }

  return Cell.fromBase64(result.codeBoc64);
}
