// The cells of registry.tolk: its first data, what the owners sign, and its messages.
import { beginCell, contractAddress, Dictionary } from '@ton/core';
import { keyNumber, sign } from './keys.mjs';

export const Kind = {
  putImage: 1,
  removeImage: 2,
  putModel: 3,
  removeModel: 4,
  putGateway: 5,
  removeGateway: 6,
  setParameters: 7,
  setOwners: 8,
  setSuccessor: 9,
};

/** `keys`: pairs of a number and a key pair. */
export function owners(needed, keys) {
  const dictionary = Dictionary.empty(Dictionary.Keys.Uint(8), Dictionary.Values.BigUint(256));
  for (const [number, key] of keys) {
    dictionary.set(number, keyNumber(key));
  }

  return beginCell().storeUint(needed, 8).storeDict(dictionary).endCell();
}

/** A list of key pairs, numbered from 0. */
export const numbered = keys => keys.map((key, number) => [number, key]);

/** Parameters, version 1. */
export const parameters = ({ channelCodeHash, leastCloseDelay, mostCloseDelay, mostCommissionPerMillion, leastTopUp }) =>
  beginCell()
    .storeUint(1, 8)
    .storeUint(channelCodeHash, 256)
    .storeUint(leastCloseDelay, 32)
    .storeUint(mostCloseDelay, 32)
    .storeUint(mostCommissionPerMillion, 32)
    .storeCoins(leastTopUp)
    .endCell();

export const imageEntry = ({ role, validFrom, validUntil, note }) =>
  beginCell().storeUint(role, 8).storeUint(validFrom, 32).storeUint(validUntil, 32).storeStringTail(note).endCell();

export const modelEntry = ({ name }) => beginCell().storeStringTail(name).endCell();

export const gatewayEntry = ({ validUntil, address }) => beginCell().storeUint(validUntil, 32).storeStringTail(address).endCell();

/** The first data of a registry. */
export const registryData = ({ delay, ownersCell, parametersCell }) =>
  beginCell()
    .storeUint(0, 32)
    .storeUint(0, 32)
    .storeUint(delay, 32)
    .storeAddress(null)
    .storeRef(ownersCell)
    .storeBit(0)
    .storeRef(parametersCell)
    .storeRef(beginCell().storeBit(0).storeBit(0).storeBit(0).endCell())
    .endCell();

export function registryOf(code, first) {
  const init = { code, data: registryData(first) };
  return { init, address: contractAddress(0, init) };
}

export const proposal = ({ networkId, registry, number, validUntil, kind, key = 0n, value = null }) =>
  beginCell()
    .storeUint(0x5e7d3001, 32)
    .storeInt(networkId, 32)
    .storeAddress(registry)
    .storeUint(number, 32)
    .storeUint(validUntil, 32)
    .storeUint(kind, 8)
    .storeUint(key, 256)
    .storeMaybeRef(value)
    .endCell();

export const veto = ({ networkId, registry, number, validUntil }) =>
  beginCell()
    .storeUint(0x5e7d3002, 32)
    .storeInt(networkId, 32)
    .storeAddress(registry)
    .storeUint(number, 32)
    .storeUint(validUntil, 32)
    .endCell();

/** Signatures of the numbered keys over a cell. */
export function signatures(cell, signers) {
  const dictionary = Dictionary.empty(Dictionary.Keys.Uint(8), Dictionary.Values.Buffer(64));
  for (const [number, key] of signers) {
    dictionary.set(number, sign(cell, key));
  }

  return dictionary;
}

export const propose = (queryId, cell, signers) =>
  beginCell().storeUint(0x5e7d4001, 32).storeUint(queryId, 64).storeDict(signatures(cell, signers)).storeRef(cell).endCell();

export const apply = (queryId, cell) => beginCell().storeUint(0x5e7d4002, 32).storeUint(queryId, 64).storeRef(cell).endCell();

export const cancel = (queryId, cell, signers) =>
  beginCell().storeUint(0x5e7d4003, 32).storeUint(queryId, 64).storeDict(signatures(cell, signers)).storeRef(cell).endCell();
