// Every op and every exit code of channel.tolk on the real TVM, and what each op costs.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { beginCell, toNano } from '@ton/core';
import * as channels from '../lib/channel.mjs';
import { balanceOf, createChain, DevelopmentNetwork, send } from '../lib/chain.mjs';
import { compile } from '../lib/compile.mjs';
import { sign, testKey } from '../lib/keys.mjs';
import { closeDelay, gas, openChannel, play, readChannel, reserve } from '../lib/play.mjs';

let p;
before(async () => {
  p = await play();
});

test('Deploy_WithTopUp_OpensWithTheDeposit', async () => {
  const channel = await openChannel(p, '5');

  assert.deepEqual(await readChannel(p, channel), {
    state: channels.State.open,
    deposited: toNano('5'),
    claimed: 0n,
    withdrawn: 0n,
    pendingWithdraw: 0n,
    unlockTime: 0,
    closeDelay,
    salt: channel.salt,
  });
  assert.equal(await balanceOf(p.chain, channel.address), toNano('5') + reserve);
});

test('TopUp_ByAStranger_CountsAndGivesTheRestBack', async () => {
  const channel = await openChannel(p, '5');
  const outcome = await send(p.stranger, channel.address, toNano('3.5'), channels.topUp(9, toNano('3')));

  assert.ok(outcome.ok);
  assert.equal((await readChannel(p, channel)).deposited, toNano('8'));
  assert.equal(await balanceOf(p.chain, channel.address), toNano('8') + reserve);
  const [excesses] = outcome.sent;
  assert.equal(excesses.op, channels.Op.excesses);
  assert.ok(excesses.to.equals(p.stranger.address));
  assert.equal(excesses.body.loadUintBig(64), 9n);
  assert.ok(excesses.value > toNano('0.49'));
});

test('Charge_WithVoucher_PaysThePayeeTheDifference', async () => {
  const channel = await openChannel(p, '5');
  await send(p.stranger, channel.address, gas, p.charge(channel, toNano('1')));
  const outcome = await send(p.stranger, channel.address, gas, p.charge(channel, toNano('2.5'), { serial: 2n }));

  assert.ok(outcome.ok);
  const [paid] = outcome.sent;
  assert.equal(paid.op, channels.Op.paid);
  assert.ok(paid.to.equals(p.payee.address));
  assert.ok(paid.value > toNano('1.49') && paid.value < toNano('1.5'), 'the difference, less the forward fee');
  paid.body.skip(64);
  assert.equal(paid.body.loadCoins(), toNano('2.5'));
  assert.equal((await readChannel(p, channel)).claimed, toNano('2.5'));
  assert.equal(await balanceOf(p.chain, channel.address), toNano('2.5') + reserve);
});

test('Charge_OlderVoucherAfterNewer_Exit1000AndNothingIsLost', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('2')));
  const outcome = await send(p.payee, channel.address, gas, p.charge(channel, toNano('1')));

  assert.equal(outcome.exit, 1000);
  assert.ok(outcome.bounced);
  assert.equal((await readChannel(p, channel)).claimed, toNano('2'));
});

test('Charge_VoucherWithEndPassed_Exit1011', async () => {
  const channel = await openChannel(p, '5');
  const outcome = await send(p.payee, channel.address, gas, p.charge(channel, toNano('1'), { validUntil: p.chain.now - 1 }));

  assert.equal(outcome.exit, 1011);
});

test('Charge_MalformedVoucher_Exit9', async () => {
  const channel = await openChannel(p, '5');
  const good = channels.voucher({ networkId: DevelopmentNetwork, channel: channel.address, cumulative: toNano('1') });
  const longer = beginCell().storeSlice(good.beginParse()).storeUint(0, 1).endCell();
  const shorter = beginCell().storeBits(good.bits.substring(0, good.bits.length - 8)).endCell();
  for (const cell of [longer, shorter]) {
    const outcome = await send(p.payee, channel.address, gas, channels.charge(1, cell, sign(cell, p.payerKey)));

    assert.equal(outcome.exit, 9);
  }
});

test('CloseBoth_TwoSignatures_SettlesAndReturnsTheRest', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('1')));
  const outcome = await send(p.stranger, channel.address, gas, p.close(channel, toNano('2.5')));

  assert.ok(outcome.ok);
  const [paid, refund] = outcome.sent;
  assert.equal(paid.op, channels.Op.paid);
  assert.ok(paid.to.equals(p.payee.address));
  assert.ok(paid.value > toNano('1.49') && paid.value < toNano('1.5'));
  assert.equal(refund.op, channels.Op.refund);
  assert.ok(refund.to.equals(p.payer.address));
  assert.ok(refund.value > toNano('2.5'));
  assert.equal((await readChannel(p, channel)).state, channels.State.closed);
  assert.equal(await balanceOf(p.chain, channel.address), reserve);
});

test('CloseBoth_NothingNew_ClosesWithoutPayout', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('1')));
  const outcome = await send(p.payer, channel.address, gas, p.close(channel, toNano('1')));

  assert.ok(outcome.ok);
  assert.deepEqual(outcome.sent.map(message => message.op), [channels.Op.refund]);
});

test('CloseBoth_DustDifference_Exit1000', async () => {
  const channel = await openChannel(p, '5');
  const outcome = await send(p.payer, channel.address, gas, p.close(channel, 1n));

  assert.equal(outcome.exit, 1000);
});

test('CloseBoth_OtherChannelOrNetwork_Exit1015', async () => {
  const channel = await openChannel(p, '5');
  for (const fields of [{ networkId: -239 }, { channel: p.stranger.address }]) {
    const outcome = await send(p.payer, channel.address, gas, p.close(channel, toNano('1'), fields));

    assert.equal(outcome.exit, 1015);
  }
});

test('StartClose_ByThePayer_LocksAndTellsThePayee', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('1')));
  const outcome = await send(p.payer, channel.address, gas, channels.startClose(3));

  assert.ok(outcome.ok);
  const [notice] = outcome.sent;
  assert.equal(notice.op, channels.Op.closeNotice);
  assert.ok(notice.to.equals(p.payee.address));
  assert.equal(notice.body.loadUintBig(64), 3n);
  assert.equal(notice.body.loadCoins(), toNano('1'));
  assert.equal(notice.body.loadUint(32), p.chain.now + closeDelay);
  const data = await readChannel(p, channel);
  assert.equal(data.state, channels.State.closing);
  assert.equal(data.unlockTime, p.chain.now + closeDelay);
});

test('StartClose_ByAnyoneElse_Exit1009', async () => {
  const channel = await openChannel(p, '5');
  for (const other of [p.payee, p.stranger]) {
    assert.equal((await send(other, channel.address, gas, channels.startClose(1))).exit, 1009);
  }
});

test('StartClose_Twice_Exit1006', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.startClose(1));

  assert.equal((await send(p.payer, channel.address, gas, channels.startClose(2))).exit, 1006);
});

test('FinishClose_AfterTheDelay_ReturnsTheRestToThePayer', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('1')));
  await send(p.payer, channel.address, gas, channels.startClose(1));
  p.chain.now += closeDelay;
  assert.equal((await send(p.stranger, channel.address, gas, channels.finishClose(2))).exit, 1011, 'the last second still belongs to the payee');
  p.chain.now += 1;
  const outcome = await send(p.stranger, channel.address, gas, channels.finishClose(3));

  assert.ok(outcome.ok);
  assert.ok(outcome.sent[0].to.equals(p.payer.address));
  assert.ok(outcome.sent[0].value > toNano('4'));
  assert.equal((await readChannel(p, channel)).state, channels.State.closed);
  assert.equal(await balanceOf(p.chain, channel.address), reserve);
});

test('FinishClose_WhileOpen_Exit1006', async () => {
  const channel = await openChannel(p, '5');

  assert.equal((await send(p.payer, channel.address, gas, channels.finishClose(1))).exit, 1006);
});

test('AskWithdraw_ThenDoWithdraw_PaysThePayer', async () => {
  const channel = await openChannel(p, '5');
  const asked = await send(p.payer, channel.address, gas, channels.askWithdraw(1, toNano('2')));
  assert.equal(asked.sent[0].op, channels.Op.closeNotice);
  assert.equal((await readChannel(p, channel)).pendingWithdraw, toNano('2'));
  p.chain.now += closeDelay + 1;
  const outcome = await send(p.stranger, channel.address, gas, channels.doWithdraw(2));

  assert.ok(outcome.ok);
  assert.equal(outcome.sent[0].op, channels.Op.refund);
  assert.ok(outcome.sent[0].to.equals(p.payer.address));
  const data = await readChannel(p, channel);
  assert.deepEqual([data.withdrawn, data.pendingWithdraw, data.unlockTime], [toNano('2'), 0n, 0]);
  assert.equal(await balanceOf(p.chain, channel.address), toNano('3') + reserve);
});

test('AskWithdraw_Zero_TakesTheRequestBack', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.askWithdraw(1, toNano('2')));
  const outcome = await send(p.payer, channel.address, gas, channels.askWithdraw(2, 0n));

  assert.ok(outcome.ok);
  const data = await readChannel(p, channel);
  assert.deepEqual([data.pendingWithdraw, data.unlockTime], [0n, 0]);
});

test('AskWithdraw_ZeroWithoutARequest_Exit1002', async () => {
  const channel = await openChannel(p, '5');

  assert.equal((await send(p.payer, channel.address, gas, channels.askWithdraw(1, 0n))).exit, 1002);
});

test('AskWithdraw_ByAnyoneElse_Exit1009', async () => {
  const channel = await openChannel(p, '5');
  for (const other of [p.payee, p.stranger]) {
    assert.equal((await send(other, channel.address, gas, channels.askWithdraw(1, toNano('1')))).exit, 1009);
  }
});

test('AskWithdraw_WhileClosing_Exit1006', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.startClose(1));

  assert.equal((await send(p.payer, channel.address, gas, channels.askWithdraw(2, toNano('1')))).exit, 1006);
});

test('DoWithdraw_TooEarly_Exit1011', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.askWithdraw(1, toNano('2')));
  p.chain.now += closeDelay;

  assert.equal((await send(p.payer, channel.address, gas, channels.doWithdraw(2))).exit, 1011);
});

test('DoWithdraw_WithoutARequest_Exit1002', async () => {
  const channel = await openChannel(p, '5');

  assert.equal((await send(p.payer, channel.address, gas, channels.doWithdraw(1))).exit, 1002);
});

test('DoWithdraw_NothingAvailable_Exit1002', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.askWithdraw(1, toNano('2')));
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('5')));
  p.chain.now += closeDelay + 1;

  assert.equal((await send(p.payer, channel.address, gas, channels.doWithdraw(2))).exit, 1002);
});

test('DoWithdraw_WhileClosing_Exit1006', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.askWithdraw(1, toNano('2')));
  await send(p.payer, channel.address, gas, channels.startClose(2));
  p.chain.now += closeDelay + 1;

  assert.equal((await send(p.payer, channel.address, gas, channels.doWithdraw(3))).exit, 1006);
});

test('AnyOp_ValueTooLow_Exit1003', async () => {
  const channel = await openChannel(p, '5');
  const bodies = [
    channels.topUp(1, 0n),
    p.charge(channel, toNano('1')),
    p.close(channel, toNano('1')),
    channels.startClose(1),
    channels.finishClose(1),
    channels.askWithdraw(1, toNano('1')),
    channels.doWithdraw(1),
  ];
  for (const body of bodies) {
    assert.equal((await send(p.payer, channel.address, toNano('0.0299'), body)).exit, 1003);
  }
});

test('AnyOp_OnAClosedChannel_Exit1006', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, p.close(channel, toNano('1')));
  const before = await readChannel(p, channel);
  const bodies = [
    channels.topUp(1, toNano('0.01')),
    p.charge(channel, toNano('2')),
    p.close(channel, toNano('2')),
    channels.startClose(1),
    channels.finishClose(1),
    channels.askWithdraw(1, toNano('1')),
    channels.doWithdraw(1),
  ];
  for (const body of bodies) {
    assert.equal((await send(p.payer, channel.address, gas, body)).exit, 1006);
  }

  assert.deepEqual(await readChannel(p, channel), before);
});

test('AnyOp_Unknown_Exit65535', async () => {
  const channel = await openChannel(p, '5');
  const comment = beginCell().storeUint(0, 32).storeStringTail('hello').endCell();
  for (const body of [comment, beginCell().storeUint(0x5e7d1008, 32).storeUint(1, 64).endCell(), beginCell().storeUint(1, 8).endCell()]) {
    const outcome = await send(p.payer, channel.address, gas, body);

    assert.equal(outcome.exit, 65535);
    assert.ok(outcome.bounced);
  }
});

test('AnyOp_TrailingOrMissingBits_Exit9', async () => {
  const channel = await openChannel(p, '5');
  const longer = beginCell().storeSlice(channels.startClose(1).beginParse()).storeUint(0, 1).endCell();
  const shorter = beginCell().storeUint(channels.Op.startClose, 32).storeUint(1, 32).endCell();
  for (const body of [longer, shorter]) {
    assert.equal((await send(p.payer, channel.address, gas, body)).exit, 9);
  }
});

test('PlainTransfer_WithoutBody_StaysAndGoesToThePayerAtTheClose', async () => {
  const channel = await openChannel(p, '5');
  assert.ok((await send(p.stranger, channel.address, toNano('1'), beginCell().endCell())).ok);
  assert.equal((await readChannel(p, channel)).deposited, toNano('5'));
  const outcome = await send(p.payee, channel.address, gas, p.close(channel, toNano('5')));

  const refund = outcome.sent.find(message => message.op === channels.Op.refund);
  assert.ok(refund.to.equals(p.payer.address));
  assert.ok(refund.value > toNano('0.99'));
});

test('PlainTransfer_WithoutBody_IsNoExcessOfTheNextCaller', async () => {
  const channel = await openChannel(p, '5');
  await send(p.stranger, channel.address, toNano('1'), beginCell().endCell());
  const before = await balanceOf(p.chain, channel.address);

  for (const body of [p.charge(channel, toNano('1')), channels.topUp(7, toNano('0.5'))]) {
    const outcome = await send(p.stranger, channel.address, toNano('0.5') + gas, body);
    assert.ok(outcome.ok);
    const excess = outcome.sent.find(message => message.to.equals(p.stranger.address));
    assert.ok(excess.value <= toNano('0.5') + gas);
  }

  assert.ok(await balanceOf(p.chain, channel.address) >= before - toNano('0.51'));
});

test('ExternalMessage_OfAnyKind_IsNotAccepted', async () => {
  const channel = await openChannel(p, '5');
  const external = { info: { type: 'external-in', dest: channel.address, importFee: 0n }, body: p.charge(channel, toNano('1')) };

  await assert.rejects(p.chain.sendMessage(external));
});

test('Gas_OfEachOp_IsBelowItsBound', async t => {
  const channel = await openChannel(p, '5');
  const used = {};
  const measure = async (name, from, body, value = gas) => {
    const outcome = await send(from, channel.address, value, body);
    assert.ok(outcome.ok, name);
    used[name] = Number(outcome.gas);
  };
  await measure('topUp', p.payer, channels.topUp(1, toNano('1')), toNano('1.05'));
  await measure('charge', p.payee, p.charge(channel, toNano('1')));
  await measure('askWithdraw', p.payer, channels.askWithdraw(1, toNano('1')));
  p.chain.now += closeDelay + 1;
  await measure('doWithdraw', p.payer, channels.doWithdraw(1));
  await measure('startClose', p.payer, channels.startClose(1));
  p.chain.now += closeDelay + 1;
  await measure('finishClose', p.payer, channels.finishClose(1));
  const other = await openChannel(p, '5');
  const closed = await send(p.payer, other.address, gas, p.close(other, toNano('1')));
  used.closeBoth = Number(closed.gas);
  t.diagnostic(`gas ${JSON.stringify(used)}`);

  const bounds = { topUp: 5_700, charge: 8_900, askWithdraw: 10_100, doWithdraw: 10_200, startClose: 9_000, finishClose: 7_600, closeBoth: 10_000 };
  for (const [name, bound] of Object.entries(bounds)) {
    assert.ok(used[name] <= bound, `${name} used ${used[name]} gas, its bound is ${bound}`);
  }
});

test('Address_OfAChannel_BindsAllItsTerms', async () => {
  const code = await compile('channel');
  const terms = {
    payerAddress: p.payer.address,
    payerKey: p.payerKey,
    payeeAddress: p.payee.address,
    payeeKey: p.payeeKey,
    closeDelay,
    salt: 1n,
  };
  const changes = [
    { payerAddress: p.stranger.address },
    { payerKey: testKey('other') },
    { payeeAddress: p.stranger.address },
    { payeeKey: testKey('other') },
    { closeDelay: closeDelay + 1 },
    { salt: 2n },
  ];
  const addresses = new Set([{}, ...changes].map(change => channels.channelOf(code, { ...terms, ...change }).address.toRawString()));

  assert.equal(addresses.size, changes.length + 1);
});
