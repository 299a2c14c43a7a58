// A chain with the parties of a channel on it, for tests.
import { toNano } from '@ton/core';
import * as channels from './channel.mjs';
import { createChain, DevelopmentNetwork, send } from './chain.mjs';
import { compile } from './compile.mjs';
import { testKey } from './keys.mjs';

/** What a channel keeps for storage. */
export const reserve = toNano('0.02');

/** Seconds that a payer waits. */
export const closeDelay = 3600;

/** Value that a call carries; what isn't used comes back. */
export const gas = toNano('0.05');

/** Payer, payee and a stranger on a fresh chain. */
export async function play() {
  const chain = await createChain();
  const p = {
    chain,
    code: await compile('channel'),
    payer: await chain.treasury('payer'),
    payee: await chain.treasury('payee'),
    stranger: await chain.treasury('stranger'),
    payerKey: testKey('payer'),
    payeeKey: testKey('payee'),
    lastSalt: 0n,
  };
  p.charge = (channel, cumulative, fields = {}, key = p.payerKey) =>
    channels.signedCharge(1n, key, { networkId: DevelopmentNetwork, channel: channel.address, cumulative, ...fields });
  p.close = (channel, cumulative, fields = {}, payerKey = p.payerKey, payeeKey = p.payeeKey) =>
    channels.signedClose(1n, payerKey, payeeKey, {
      networkId: DevelopmentNetwork,
      channel: channel.address,
      cumulative,
      validUntil: chain.now + 600,
      ...fields,
    });
  return p;
}

/** A channel that isn't on the chain yet. */
export function newChannel(p) {
  p.lastSalt += 1n;
  const terms = {
    payerAddress: p.payer.address,
    payerKey: p.payerKey,
    payeeAddress: p.payee.address,
    payeeKey: p.payeeKey,
    closeDelay,
    salt: p.lastSalt,
  };
  return { ...channels.channelOf(p.code, terms), salt: p.lastSalt };
}

/** A channel with a deposit in coins, on the chain. */
export async function openChannel(p, deposit) {
  const channel = newChannel(p);
  const amount = toNano(deposit);
  const outcome = await send(p.payer, channel.address, amount + gas, channels.topUp(1, amount), channel.init);
  if (!outcome.ok) {
    throw new Error(`The channel was not opened: exit ${outcome.exit}.`);
  }

  return channel;
}

/** Storage of a channel, less the parties. */
export async function readChannel(p, channel) {
  const { stackReader } = await p.chain.runGetMethod(channel.address, 'get_channel_data');
  return {
    state: stackReader.readNumber(),
    deposited: stackReader.readBigNumber(),
    claimed: stackReader.readBigNumber(),
    withdrawn: stackReader.readBigNumber(),
    pendingWithdraw: stackReader.readBigNumber(),
    unlockTime: stackReader.readNumber(),
    closeDelay: stackReader.readNumber(),
    salt: stackReader.readBigNumber(),
  };
}
