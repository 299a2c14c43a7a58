import { createHash } from 'node:crypto';
import { keyPairFromSeed, sign as signHash } from '@ton/crypto';

/** A key pair for tests; its seed is the hash of a word, so it is worth nothing on a real network. */
export const testKey = word => keyPairFromSeed(createHash('sha256').update(word).digest());

/** A public key, as the contracts store it. */
export const keyNumber = key => BigInt('0x' + key.publicKey.toString('hex'));

/** The 64 bytes that a contract checks: Ed25519 over the cell's hash. */
export const sign = (cell, key) => signHash(cell.hash(), key.secretKey);
