// The cells of channel.tolk: its first data, what the parties sign, and its messages.
import { beginCell, contractAddress } from '@ton/core';
import { keyNumber, sign } from './keys.mjs';

export const Op = {
  topUp: 0x5e7d1001,
  charge: 0x5e7d1002,
  closeBoth: 0x5e7d1003,
  startClose: 0x5e7d1004,
  finishClose: 0x5e7d1005,
  askWithdraw: 0x5e7d1006,
  doWithdraw: 0x5e7d1007,
  paid: 0x5e7d2001,
  refund: 0x5e7d2002,
  closeNotice: 0x5e7d2003,
  excesses: 0x2565934c,
};

export const State = { open: 0, closing: 1, closed: 2 };

/** The first data of a channel. */
export function channelData({ payerAddress, payerKey, payeeAddress, payeeKey, closeDelay, salt }) {
  const payee = beginCell().storeAddress(payeeAddress).storeUint(keyNumber(payeeKey), 256).endCell();
  const parties = beginCell().storeAddress(payerAddress).storeUint(keyNumber(payerKey), 256).storeRef(payee).endCell();
  return beginCell()
    .storeUint(State.open, 2)
    .storeCoins(0)
    .storeCoins(0)
    .storeCoins(0)
    .storeCoins(0)
    .storeUint(0, 32)
    .storeUint(closeDelay, 32)
    .storeUint(salt, 64)
    .storeRef(parties)
    .endCell();
}

/** StateInit and address of a channel. */
export function channelOf(code, terms) {
  const init = { code, data: channelData(terms) };
  return { init, address: contractAddress(0, init) };
}

export const voucher = ({ networkId, channel, serial = 1n, cumulative, validUntil = 0, context = 0n }) =>
  beginCell()
    .storeUint(0x5e7d0001, 32)
    .storeInt(networkId, 32)
    .storeAddress(channel)
    .storeUint(serial, 64)
    .storeCoins(cumulative)
    .storeUint(validUntil, 32)
    .storeUint(context, 256)
    .endCell();

export const cooperativeClose = ({ networkId, channel, cumulative, validUntil }) =>
  beginCell()
    .storeUint(0x5e7d0002, 32)
    .storeInt(networkId, 32)
    .storeAddress(channel)
    .storeCoins(cumulative)
    .storeUint(validUntil, 32)
    .endCell();

const begin = (op, queryId) => beginCell().storeUint(op, 32).storeUint(queryId, 64);

export const topUp = (queryId, amount) => begin(Op.topUp, queryId).storeCoins(amount).endCell();

export const charge = (queryId, voucherCell, signature) =>
  begin(Op.charge, queryId).storeBuffer(signature).storeRef(voucherCell).endCell();

export const closeBoth = (queryId, closeCell, payerSignature, payeeSignature) =>
  begin(Op.closeBoth, queryId)
    .storeBuffer(payerSignature)
    .storeRef(beginCell().storeBuffer(payeeSignature).endCell())
    .storeRef(closeCell)
    .endCell();

export const startClose = queryId => begin(Op.startClose, queryId).endCell();

export const finishClose = queryId => begin(Op.finishClose, queryId).endCell();

export const askWithdraw = (queryId, amount) => begin(Op.askWithdraw, queryId).storeCoins(amount).endCell();

export const doWithdraw = queryId => begin(Op.doWithdraw, queryId).endCell();

/** A charge signed by `key`, which should be the payer's. */
export function signedCharge(queryId, key, fields) {
  const cell = voucher(fields);
  return charge(queryId, cell, sign(cell, key));
}

/** A close signed by both keys. */
export function signedClose(queryId, payerKey, payeeKey, fields) {
  const cell = cooperativeClose(fields);
  return closeBoth(queryId, cell, sign(cell, payerKey), sign(cell, payeeKey));
}
