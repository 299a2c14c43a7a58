// What changed a chain, one JSON object a line, so that the next start makes the same chain again: the sandbox keeps nothing on the disk.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { Address, Cell, loadMessage } from '@ton/core';

export class Journal {
  #file;
  #entries = [];

  constructor(path, startTime) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';

    // A line that a crash cut short was not answered: it never happened.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) {
      truncateSync(path, Buffer.byteLength(whole));
    }

    this.#entries = whole.split('\n').filter(line => line !== '').map(line => JSON.parse(line));
    this.#file = openSync(path, 'a', 0o600);
    if (this.#entries.length === 0) {
      this.#write({ start: startTime });
      this.startTime = startTime;
    } else {
      this.startTime = this.#entries.shift().start;
    }
  }

  /** Makes the same changes again, and writes down those that come. */
  async replay(chain) {
    for (const { now, boc, to, value, init, frozen, thawed } of this.#entries) {
      if (now > chain.now) {
        chain.setNow(now);
      }

      if (frozen !== undefined) {
        await chain.freeze(Address.parse(frozen));
      } else if (thawed !== undefined) {
        await chain.thaw(Address.parse(thawed));
      } else {
        await (boc === undefined ? chain.giveCoins(Address.parse(to), BigInt(value), init) : chain.apply(loadMessage(Cell.fromBase64(boc).beginParse())));
      }
    }

    // No earlier run came further: each second and each change make a block at most.
    const seconds = Math.floor(Date.now() / 1000) - this.startTime;
    chain.skipTo(seconds + 2 * this.#entries.length + 2);
    this.#entries = [];
    chain.onChange = change => this.#write({ now: chain.now, ...change });
  }

  #write(entry) {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.#file);
  }

  close() {
    closeSync(this.#file);
  }
}
