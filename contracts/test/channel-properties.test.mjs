// Random play on channels beside a model of 60 lines: after each step the exit code and the storage are the model's, and I1 to I7 of
// docs/settlement.md hold. `node test/channel-properties.test.mjs 10000 7` plays 10,000 steps from seed 7.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { beginCell, toNano } from '@ton/core';
import * as channels from '../lib/channel.mjs';
import { balanceOf, send } from '../lib/chain.mjs';
import { testKey } from '../lib/keys.mjs';
import { closeDelay, gas, newChannel, play, readChannel, reserve } from '../lib/play.mjs';
import { Random } from '../lib/random.mjs';

const steps = Number(process.argv[2] ?? 500);
const seed = Number(process.argv[3] ?? randomInt(1 << 30));
const { open, closing, closed } = channels.State;
const leastPayout = toNano('0.002');
const leastValue = toNano('0.03');
const min = (a, b) => (a < b ? a : b);

/** What channel.tolk should do, written down a second time. A step gives the exit code; on 0 the fields have changed. */
class Model {
  state = open;
  deposited = 0n;
  claimed = 0n;
  withdrawn = 0n;
  pendingWithdraw = 0n;
  unlockTime = 0;

  get available() {
    return this.deposited - this.withdrawn - this.claimed;
  }

  step(s, now) {
    if (s.op === 'plain') return 0;
    if (s.op === 'unknown') return 65535;
    if (s.value < leastValue) return 1003;
    if (this.state === closed) return 1006;
    return this[s.op](s, now);
  }

  topUp({ amount, value }) {
    if (this.state !== open) return 1006;
    if (value < amount + leastValue) return 1003;
    this.deposited += amount;
    return 0;
  }

  charge({ cumulative, signer, foreign, validUntil }, now) {
    if (signer !== 'payer') return 1007;
    if (foreign) return 1015;
    if (validUntil !== 0 && now > validUntil) return 1011;
    const target = min(cumulative, this.deposited - this.withdrawn);
    if (target < this.claimed + leastPayout) return 1000;
    this.claimed = target;
    return 0;
  }

  closeBoth({ cumulative, both, foreign, validUntil }, now) {
    if (!both) return 1007;
    if (foreign) return 1015;
    if (validUntil !== 0 && now > validUntil) return 1011;
    if (cumulative < this.claimed) return 1000;
    const target = min(cumulative, this.deposited - this.withdrawn);
    if (target !== this.claimed && target < this.claimed + leastPayout) return 1000;
    this.claimed = target;
    return this.end();
  }

  startClose({ from }, now) {
    if (this.state !== open) return 1006;
    if (from !== 'payer') return 1009;
    Object.assign(this, { state: closing, pendingWithdraw: 0n, unlockTime: now + closeDelay });
    return 0;
  }

  finishClose(_, now) {
    if (this.state !== closing) return 1006;
    return now <= this.unlockTime ? 1011 : this.end();
  }

  askWithdraw({ from, amount }, now) {
    if (this.state !== open) return 1006;
    if (from !== 'payer') return 1009;
    if (amount === 0n && this.pendingWithdraw === 0n) return 1002;
    if (amount > 0n && this.pendingWithdraw > 0n) return 1011;
    Object.assign(this, { pendingWithdraw: amount, unlockTime: amount === 0n ? 0 : now + closeDelay });
    return 0;
  }

  doWithdraw(_, now) {
    if (this.state !== open) return 1006;
    if (this.pendingWithdraw === 0n) return 1002;
    if (now <= this.unlockTime) return 1011;
    const amount = min(this.pendingWithdraw, this.available);
    if (amount < leastPayout) return 1002;
    Object.assign(this, { withdrawn: this.withdrawn + amount, pendingWithdraw: 0n, unlockTime: 0 });
    return 0;
  }

  end() {
    Object.assign(this, { state: closed, pendingWithdraw: 0n, unlockTime: 0 });
    return 0;
  }
}

/** What might happen next: mostly what is allowed, with everything that is not. */
function nextStep(random, model, signed, now) {
  const from = random.pick(['payer', 'payee', 'stranger']);
  const s = { from, value: random.chance(20) ? leastValue - 1n : gas, foreign: random.chance(15) };
  const validUntil = () => random.pick([0, now, now + 600, now - 1]);
  const amount = () => random.nano(toNano('3'));
  switch (random.pick(['topUp', 'topUp', 'charge', 'charge', 'charge', 'charge', 'askWithdraw', 'doWithdraw', 'close', 'close', 'plain', 'unknown'])) {
    case 'topUp': {
      const toppedUp = amount();
      return { ...s, op: 'topUp', amount: toppedUp, value: s.value + (random.chance(10) ? 0n : toppedUp) };
    }
    case 'charge': {
      const cumulative = random.pick([signed.last + amount(), signed.last, random.nano(signed.last + 1n), model.claimed + 1n, model.claimed + leastPayout]);
      return { ...s, op: 'charge', cumulative, signer: random.chance(10) ? random.pick(['payee', 'stranger']) : 'payer', validUntil: random.chance(4) ? validUntil() : 0 };
    }
    case 'askWithdraw':
      return { ...s, op: 'askWithdraw', from: random.chance(4) ? from : 'payer', amount: random.chance(3) ? 0n : amount() };
    case 'doWithdraw':
      return { ...s, op: 'doWithdraw' };
    case 'close':
      switch (random.pick(['start', 'finish', 'both', 'both'])) {
        case 'start':
          return { ...s, op: 'startClose' };
        case 'finish':
          return { ...s, op: 'finishClose' };
        default:
          return { ...s, op: 'closeBoth', both: random.chance(3), cumulative: random.pick([model.claimed + amount(), model.claimed, random.nano(model.claimed + 1n)]), validUntil: validUntil() };
      }
    case 'plain':
      return { ...s, op: 'plain' };
    default:
      return { ...s, op: 'unknown' };
  }
}

function bodyOf(p, channel, elsewhere, s) {
  const target = s.foreign ? elsewhere : channel;
  switch (s.op) {
    case 'topUp':
      return channels.topUp(1, s.amount);
    case 'charge':
      return p.charge(target, s.cumulative, { validUntil: s.validUntil }, { payer: p.payerKey, payee: p.payeeKey, stranger: testKey('stranger') }[s.signer]);
    case 'closeBoth':
      return p.close(target, s.cumulative, { validUntil: s.validUntil }, p.payerKey, s.both ? p.payeeKey : p.payerKey);
    case 'askWithdraw':
      return channels.askWithdraw(1, s.amount);
    case 'plain':
      return beginCell().endCell();
    case 'unknown':
      return beginCell().storeUint(0x5e7dffff, 32).endCell();
    default:
      return channels[s.op](1);
  }
}

/** I7: what the contract's balance became is what came in less what went out and the fees, to the nano. */
function accounted(outcome, before) {
  const { transaction } = outcome;
  const out = [...transaction.outMessages.values()].reduce((sum, message) => sum + message.info.value.coins + message.info.forwardFee, 0n);
  return before + transaction.inMessage.info.value.coins - out - transaction.totalFees.coins;
}

test('Channel_RandomPlay_KeepsItsInvariants', async t => {
  t.diagnostic(`seed ${seed}, ${steps} steps`);
  const random = new Random(seed);
  const p = await play();
  const elsewhere = newChannel(p);
  const exits = new Map();
  let opened = 0;
  let channel = null;
  let model;
  let signed;
  let closedFor = 0;
  for (let step = 0; step < steps; step++) {
    if (channel === null || closedFor > 4) {
      channel = newChannel(p);
      model = new Model();
      signed = { last: 0n, highest: 0n };
      closedFor = 0;
      opened++;
      // The first message must set the contract up: an address without code runs nothing.
      const amount = random.nano(toNano('5'));
      await send(p.payer, channel.address, amount + gas, channels.topUp(1, amount), channel.init);
      model.deposited = amount;
    }

    p.chain.now += random.pick([0, 1, 60, closeDelay, closeDelay + 1]);
    const now = p.chain.now;
    const s = nextStep(random, model, signed, now);
    const old = { ...model, available: model.available };
    const balance = await balanceOf(p.chain, channel.address);
    const expected = model.step(s, now);
    const outcome = await send(p[s.from], channel.address, s.value, bodyOf(p, channel, elsewhere, s));
    const where = `seed ${seed}, step ${step}, ${JSON.stringify(s, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`;
    exits.set(`${s.op} ${expected}`, (exits.get(`${s.op} ${expected}`) ?? 0) + 1);

    assert.equal(outcome.exit, expected, where);
    assert.equal(outcome.ok, expected === 0, `${where}: action ${outcome.action}`);
    const data = await readChannel(p, channel);
    const { state, deposited, claimed, withdrawn, pendingWithdraw, unlockTime } = model;
    assert.deepEqual(data, { state, deposited, claimed, withdrawn, pendingWithdraw, unlockTime, closeDelay, salt: channel.salt }, where);

    const shown = (s.op === 'charge' && s.signer === 'payer' && !s.foreign) || (s.op === 'closeBoth' && s.both && !s.foreign);
    if (shown) {
      signed.highest = signed.highest > s.cumulative ? signed.highest : s.cumulative;
      signed.last = s.op === 'charge' && s.cumulative > signed.last ? s.cumulative : signed.last;
    }

    const left = await balanceOf(p.chain, channel.address);
    const available = data.deposited - data.withdrawn - data.claimed;
    if (data.state !== closed) {
      assert.ok(left >= available, `I1: balance ${left} below available ${available}, ${where}`);
    }

    assert.ok(data.claimed + data.withdrawn <= data.deposited, `I2, ${where}`);
    assert.ok(data.claimed >= old.claimed && data.withdrawn >= old.withdrawn && data.deposited >= old.deposited, `I3, ${where}`);
    assert.ok(data.claimed <= signed.highest, `I4, ${where}`);
    const byPayer = s.from === 'payer' || shown || old.pendingWithdraw > 0n || old.state === closing;
    if (!byPayer) {
      assert.deepEqual([data.state, data.claimed, data.withdrawn, data.pendingWithdraw], [old.state, old.claimed, old.withdrawn, old.pendingWithdraw], `I5, ${where}`);
      assert.ok(left >= balance - toNano('0.001'), `I5: money left without the payer, ${where}`);
    }

    if (old.state === closed) {
      assert.deepEqual(
        [data.state, data.deposited, data.claimed, data.withdrawn],
        [old.state, old.deposited, old.claimed, old.withdrawn],
        `I6, ${where}`,
      );
      closedFor++;
    }

    assert.equal(left, accounted(outcome, balance), `I7, ${where}`);
    if (data.state === closed && old.state !== closed) {
      assert.ok(left <= reserve, `a channel keeps no more than its reserve, ${where}`);
    }
  }

  t.diagnostic(`${opened} channels; ${[...exits].sort().map(([name, count]) => `${name}: ${count}`).join(', ')}`);
  const played = new Set([...exits.keys()].map(name => name.split(' ')[0]));
  assert.ok(steps < 500 || played.size === 9, `every op was played: ${[...played]}`);
});
