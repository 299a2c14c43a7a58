// What somebody might try against a channel; each test is named for its row in docs/settlement.md.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { toNano } from '@ton/core';
import * as channels from '../lib/channel.mjs';
import { balanceOf, DevelopmentNetwork, send, setGasPrice } from '../lib/chain.mjs';
import { sign, testKey } from '../lib/keys.mjs';
import { closeDelay, gas, newChannel, openChannel, play, readChannel, reserve } from '../lib/play.mjs';

let p;
before(async () => {
  p = await play();
});

/** Sends a message that must be refused with an exit code, and change neither data nor balance. */
async function refused(channel, from, body, exit, value = gas) {
  const data = await readChannel(p, channel);
  const balance = await balanceOf(p.chain, channel.address);
  const outcome = await send(from, channel.address, value, body);

  assert.equal(outcome.exit, exit);
  assert.ok(outcome.bounced);
  assert.deepEqual(await readChannel(p, channel), data);
  assert.equal(await balanceOf(p.chain, channel.address), balance);
}

test('Charge_VoucherReplayed_ChangesNothing', async () => {
  const channel = await openChannel(p, '5');
  const older = p.charge(channel, toNano('1'));
  const newer = p.charge(channel, toNano('2'), { serial: 2n });
  await send(p.payee, channel.address, gas, newer);

  await refused(channel, p.payee, newer, 1000);
  await refused(channel, p.stranger, newer, 1000);
  await refused(channel, p.payee, older, 1000);
});

test('Charge_OtherChannelNetworkOrTag_Refused', async () => {
  const channel = await openChannel(p, '5');
  const other = await openChannel(p, '5');

  await refused(channel, p.payee, p.charge(other, toNano('1')), 1015);
  await refused(channel, p.payee, p.charge(channel, toNano('1'), { networkId: -239 }), 1015);
  await refused(channel, p.payee, p.charge(channel, toNano('1'), { networkId: -3 }), 1015);
  const close = channels.cooperativeClose({ networkId: DevelopmentNetwork, channel: channel.address, cumulative: toNano('1'), validUntil: 0 });
  const asVoucher = channels.charge(1, close, sign(close, p.payerKey));
  const outcome = await send(p.payee, channel.address, gas, asVoucher);
  assert.notEqual(outcome.exit, 0, 'a signed close is no voucher');
  const voucher = channels.voucher({ networkId: DevelopmentNetwork, channel: channel.address, cumulative: toNano('1') });
  const asClose = channels.closeBoth(1, voucher, sign(voucher, p.payerKey), sign(voucher, p.payeeKey));
  assert.notEqual((await send(p.payee, channel.address, gas, asClose)).exit, 0, 'a voucher is no close');
  assert.equal((await readChannel(p, channel)).claimed, 0n);
});

test('Charge_SignedByPayee_Exit1007', async () => {
  const channel = await openChannel(p, '5');

  await refused(channel, p.payee, p.charge(channel, toNano('1'), {}, p.payeeKey), 1007);
  await refused(channel, p.payee, p.charge(channel, toNano('1'), {}, testKey('nobody')), 1007);
});

test('CloseBoth_OneSignature_Exit1007', async () => {
  const channel = await openChannel(p, '5');

  await refused(channel, p.payer, p.close(channel, 0n, {}, p.payerKey, p.payerKey), 1007);
  await refused(channel, p.payee, p.close(channel, toNano('5'), {}, p.payeeKey, p.payeeKey), 1007);
  await refused(channel, p.payee, p.close(channel, toNano('5'), {}, p.payeeKey, p.payerKey), 1007);
});

test('CloseBoth_Outdated_Refused', async () => {
  const channel = await openChannel(p, '5');
  const offered = p.close(channel, toNano('1'));
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('2')));

  await refused(channel, p.payer, offered, 1000);
  await refused(channel, p.payer, p.close(channel, toNano('2'), { validUntil: p.chain.now - 1 }), 1011);
});

test('Charge_AboveDeposit_CollectedAfterTopUp', async () => {
  const channel = await openChannel(p, '5');
  const voucher = p.charge(channel, toNano('9'));
  await send(p.payee, channel.address, gas, voucher);
  assert.equal((await readChannel(p, channel)).claimed, toNano('5'));
  await refused(channel, p.payee, voucher, 1000);

  await send(p.payer, channel.address, toNano('10') + gas, channels.topUp(1, toNano('10')));
  assert.ok((await send(p.payee, channel.address, gas, voucher)).ok);
  assert.equal((await readChannel(p, channel)).claimed, toNano('9'));
});

test('TopUp_WhileClosing_Bounces', async () => {
  const closing = await openChannel(p, '5');
  await send(p.payer, closing.address, gas, channels.startClose(1));
  await refused(closing, p.payer, channels.topUp(2, toNano('1')), 1006, toNano('1') + gas);

  const closed = await openChannel(p, '5');
  await send(p.payer, closed.address, gas, p.close(closed, toNano('1')));
  await refused(closed, p.payer, channels.topUp(2, toNano('1')), 1006, toNano('1') + gas);
});

test('TopUp_Underfunded_Bounces', async () => {
  const channel = await openChannel(p, '5');

  await refused(channel, p.payer, channels.topUp(1, toNano('1')), 1003, toNano('1'));
  await refused(channel, p.payer, channels.topUp(1, toNano('1')), 1003, toNano('1.03') - 1n);
  await refused(channel, p.payer, channels.topUp(1, (1n << 120n) - 1n), 1003);
});

test('Withdraw_WhileOwing_PayeePaidFirst', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.askWithdraw(1, toNano('5')));
  p.chain.now += closeDelay - 1;
  assert.ok((await send(p.payee, channel.address, gas, p.charge(channel, toNano('3')))).ok);
  p.chain.now += 2;
  assert.ok((await send(p.payer, channel.address, gas, channels.doWithdraw(2))).ok);

  const data = await readChannel(p, channel);
  assert.deepEqual([data.claimed, data.withdrawn], [toNano('3'), toNano('2')]);
});

test('AskWithdraw_Twice_Exit1011', async () => {
  const channel = await openChannel(p, '5');
  await send(p.payer, channel.address, gas, channels.askWithdraw(1, toNano('1')));

  await refused(channel, p.payer, channels.askWithdraw(2, toNano('2')), 1011);
});

test('Close_PayeeOffline_WatchtowerCharges', async () => {
  const channel = await openChannel(p, '5');
  const kept = p.charge(channel, toNano('4'));
  await send(p.payer, channel.address, gas, channels.startClose(1));
  const before = await p.payee.getBalance();
  assert.ok((await send(p.stranger, channel.address, gas, kept)).ok);
  assert.ok((await p.payee.getBalance()) - before > toNano('3.99'));
  p.chain.now += closeDelay + 1;
  const finished = await send(p.payer, channel.address, gas, channels.finishClose(2));

  assert.ok(finished.sent[0].value < toNano('1.06'), 'the payer gets no more than the rest and its own gas');
});

test('Redeploy_AfterClose_Bounces', async () => {
  const channel = await openChannel(p, '5');
  const voucher = p.charge(channel, toNano('4'));
  await send(p.payee, channel.address, gas, voucher);
  await send(p.payer, channel.address, gas, p.close(channel, toNano('4')));
  const outcome = await send(p.payer, channel.address, toNano('5') + gas, channels.topUp(1, toNano('5')), channel.init);

  assert.equal(outcome.exit, 1006);
  assert.ok(outcome.bounced);
  await refused(channel, p.payee, voucher, 1006);
});

test('Charge_ForgedManyTimes_BalanceUnchanged', async () => {
  const channel = await openChannel(p, '5');
  const cell = channels.voucher({ networkId: DevelopmentNetwork, channel: channel.address, cumulative: toNano('1') });
  for (let i = 0; i < 20; i++) {
    await refused(channel, p.stranger, channels.charge(i, cell, Buffer.alloc(64, i)), 1007);
  }
});

test('Charge_Dust_StateUnchanged', async () => {
  const channel = await openChannel(p, '5');
  await refused(channel, p.payee, p.charge(channel, toNano('0.002') - 1n), 1000);
  await send(p.payee, channel.address, gas, p.charge(channel, toNano('1')));
  await refused(channel, p.payee, p.charge(channel, toNano('1') + 1n), 1000);
  assert.ok((await send(p.payee, channel.address, gas, p.charge(channel, toNano('1.002')))).ok, 'the least payout arrives');
});

test('Charge_AnyGasLimit_AllOrNothing', async () => {
  const own = await play();
  const channel = await openChannel(own, '5');
  const opened = own.chain.snapshot();
  let paid = 0;
  let ranOut = 0;
  for (let limit = 400; limit <= 10_400; limit += 500) {
    await own.chain.loadFrom(opened);
    setGasPrice(own.chain, (gas << 16n) / BigInt(limit));
    const outcome = await send(own.payee, channel.address, gas, own.charge(channel, toNano('1')));
    const left = await balanceOf(own.chain, channel.address);
    if (outcome.ok) {
      paid++;
      assert.ok(outcome.sent[0].to.equals(own.payee.address));
      assert.ok(left >= toNano('4') && left <= toNano('4') + reserve + gas, 'a rest too small to be sent back stays');
    } else {
      ranOut += outcome.exit === -14 ? 1 : 0;
      assert.deepEqual(outcome.sent.filter(message => message.op === channels.Op.paid), []);
      assert.ok(left >= toNano('5'));
    }

    assert.equal(await claimedOf(own, channel), outcome.ok ? toNano('1') : 0n);
  }

  assert.ok(paid > 2 && ranOut > 10, `${paid} paid, ${ranOut} out of gas`);
});

/** From the stored data: a get method would run out of gas too. */
async function claimedOf(p, channel) {
  const { account } = await p.chain.getContract(channel.address);
  const data = account.account.storage.state.state.data.beginParse();
  data.skip(2);
  data.loadCoins();
  return data.loadCoins();
}

test('Channel_AfterTenYears_StillPays', async () => {
  const own = await play();
  const channel = await openChannel(own, '5');
  own.chain.now += 10 * 365 * 24 * 3600;
  const outcome = await send(own.payee, channel.address, toNano('0.3'), own.charge(channel, toNano('1')));

  assert.ok(outcome.ok);
  const paid = outcome.sent.find(message => message.op === channels.Op.paid);
  assert.ok(paid.value > toNano('0.99'));
  assert.ok((await balanceOf(own.chain, channel.address)) >= toNano('4'), 'who charges carries the storage debt, not the deposit');
});

test('Charge_ByAContractThatThePayeeIsNot_PaysOnlyThePayee', async () => {
  const channel = newChannel(p);
  await send(p.payer, channel.address, toNano('5') + gas, channels.topUp(1, toNano('5')), channel.init);
  const before = await p.stranger.getBalance();
  const outcome = await send(p.stranger, channel.address, gas, p.charge(channel, toNano('5')));

  assert.ok(outcome.sent[0].to.equals(p.payee.address));
  assert.ok((await p.stranger.getBalance()) < before, 'who carries a voucher pays its gas and gets nothing');
  assert.equal(outcome.sent.length, 2);
});
