// Random play on a registry beside a model: nothing changes below m votes, before its time, twice, or after a veto. Arguments as in
// channel-properties.test.mjs: steps and seed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { beginCell, Dictionary, toNano } from '@ton/core';
import { createChain, DevelopmentNetwork, send } from '../lib/chain.mjs';
import { compile } from '../lib/compile.mjs';
import { testKey } from '../lib/keys.mjs';
import { Random } from '../lib/random.mjs';
import * as registries from '../lib/registry.mjs';

const steps = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? randomInt(1 << 30));
const { Kind } = registries;
const delay = 3600;
const grace = 30 * 24 * 3600;
const needed = 2;
const keys = registries.numbered(['owner 0', 'owner 1', 'owner 2'].map(testKey));

/** What registry.tolk should do with images and successive proposals; owners stay as they are. */
class Model {
  version = 0;
  next = 0;
  pending = new Map();
  images = new Map();

  propose({ proposal, votes, forged }, now) {
    if (forged || votes < needed) return 1007;
    if (now > proposal.validUntil) return 1011;
    if (proposal.number !== this.next) return 1000;
    if (proposal.kind === Kind.removeImage) {
      if (!this.images.delete(proposal.key)) return 1016;
      this.pending.clear();
      this.version++;
    } else {
      this.pending.set(proposal.number, { proposal, unlockTime: now + delay });
    }

    this.next++;
    return 0;
  }

  apply({ proposal }, now) {
    const waiting = this.pending.get(proposal.number);
    if (waiting === undefined || waiting.proposal.cell.hash().compare(proposal.cell.hash()) !== 0) return 1016;
    if (now <= waiting.unlockTime || now > waiting.unlockTime + grace) return 1011;
    this.pending.delete(proposal.number);
    this.images.set(proposal.key, proposal.value);
    this.version++;
    return 0;
  }

  cancel({ number, votes, forged }) {
    // min(m, n - m + 1) of 2 of 3 is 2.
    if (forged || votes < 2) return 1007;
    return this.pending.delete(number) ? 0 : 1016;
  }
}

test('Registry_RandomPlay_ChangesOnlyByVotesAndTime', async t => {
  t.diagnostic(`seed ${seed}, ${steps} steps`);
  const random = new Random(seed);
  const chain = await createChain();
  const anyone = await chain.treasury('anyone');
  const registry = registries.registryOf(await compile('registry'), {
    delay,
    ownersCell: registries.owners(needed, keys),
    parametersCell: beginCell().endCell(),
  });
  await send(anyone, registry.address, toNano('1'), beginCell().endCell(), registry.init);
  const model = new Model();
  const made = [];
  const exits = new Map();

  const newProposal = () => {
    const kind = random.chance(4) ? Kind.removeImage : Kind.putImage;
    const number = random.chance(6) ? random.below(model.next + 3) : model.next;
    const key = BigInt(random.below(4));
    const value = kind === Kind.putImage ? beginCell().storeUint(random.next(), 32).endCell() : null;
    const validUntil = chain.now + 86_400;
    const cell = registries.proposal({ networkId: DevelopmentNetwork, registry: registry.address, number, validUntil, kind, key, value });
    const proposal = { number, validUntil, kind, key, value, cell };
    made.push(proposal);
    return proposal;
  };
  const signers = () => {
    const forged = random.chance(6);
    const chosen = keys.filter(() => !random.chance(3));
    return { votes: chosen.length, forged: forged && chosen.length > 0, pairs: chosen.map(([number, key], i) => [number, forged && i === 0 ? testKey('forger') : key]) };
  };

  for (let step = 0; step < steps; step++) {
    chain.now += random.pick([0, 60, delay, delay, random.chance(5) ? grace : 1]);
    const op = random.pick(['propose', 'propose', 'apply', 'apply', 'cancel']);
    const { votes, forged, pairs } = signers();
    let outcome;
    let expected;
    if (op === 'propose') {
      const proposal = random.chance(8) && made.length > 0 ? random.pick(made) : newProposal();
      expected = model.propose({ proposal, votes, forged }, chain.now);
      outcome = await send(anyone, registry.address, toNano('0.2'), registries.propose(1, proposal.cell, pairs));
    } else if (op === 'apply') {
      const proposal = made.length === 0 ? newProposal() : made[Math.max(0, made.length - 1 - random.below(4))];
      expected = model.apply({ proposal }, chain.now);
      outcome = await send(anyone, registry.address, toNano('0.2'), registries.apply(1, proposal.cell));
    } else {
      const number = Math.max(0, model.next - 1 - random.below(3));
      const cell = registries.veto({ networkId: DevelopmentNetwork, registry: registry.address, number, validUntil: chain.now + 60 });
      expected = model.cancel({ number, votes, forged });
      outcome = await send(anyone, registry.address, toNano('0.2'), registries.cancel(1, cell, pairs));
    }

    const where = `seed ${seed}, step ${step}, ${op}`;
    exits.set(`${op} ${expected}`, (exits.get(`${op} ${expected}`) ?? 0) + 1);
    assert.equal(outcome.exit, expected, where);
    const { stackReader } = await chain.runGetMethod(registry.address, 'get_registry_data');
    assert.deepEqual([stackReader.readNumber(), stackReader.readNumber()], [model.version, model.next], where);
    stackReader.skip(3);
    const pending = stackReader.readCellOpt();
    stackReader.skip(1);
    const images = stackReader.readCell().beginParse().loadMaybeRef();
    const values = { serialize() {}, parse: slice => ({ hash: slice.loadBuffer(32), unlockTime: slice.loadUint(32) }) };
    const waiting = pending === null ? [] : [...Dictionary.loadDirect(Dictionary.Keys.Uint(32), values, pending.beginParse())];
    assert.deepEqual(
      waiting.map(([number, value]) => [number, value.hash.toString('hex'), value.unlockTime]),
      [...model.pending].sort(([x], [y]) => x - y).map(([number, value]) => [number, value.proposal.cell.hash().toString('hex'), value.unlockTime]),
      where,
    );
    const stored = images === null ? [] : [...Dictionary.loadDirect(Dictionary.Keys.BigUint(256), Dictionary.Values.Cell(), images.beginParse())];
    assert.deepEqual(
      stored.map(([key, cell]) => [key, cell.hash().toString('hex')]),
      [...model.images].sort(([x], [y]) => Number(x - y)).map(([key, cell]) => [key, cell.hash().toString('hex')]),
      where,
    );
  }

  t.diagnostic([...exits].sort().map(([name, count]) => `${name}: ${count}`).join(', '));
});
