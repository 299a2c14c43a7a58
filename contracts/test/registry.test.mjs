// Every op, kind and exit code of registry.tolk on the real TVM, and the attacks of docs/settlement.md on it.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { Address, beginCell, toNano } from '@ton/core';
import { balanceOf, createChain, DevelopmentNetwork, send } from '../lib/chain.mjs';
import { compile } from '../lib/compile.mjs';
import { testKey } from '../lib/keys.mjs';
import * as registries from '../lib/registry.mjs';

const { Kind } = registries;
const delay = 48 * 3600;
const grace = 30 * 24 * 3600;
const gas = toNano('0.2');
const keys = ['owner 0', 'owner 1', 'owner 2'].map(testKey);
const [a, b, c] = registries.numbered(keys);
const parametersCell = registries.parameters({
  channelCodeHash: 1n,
  leastCloseDelay: 3600,
  mostCloseDelay: 604_800,
  mostCommissionPerMillion: 100_000,
  leastTopUp: toNano('0.5'),
});
const image = registries.imageEntry({ role: 1, validFrom: 0, validUntil: 0xffffffff, note: 'worker' });

let chain;
let code;
let anyone;
let empty;
let registry;

before(async () => {
  chain = await createChain();
  code = await compile('registry');
  anyone = await chain.treasury('anyone');
  empty = chain.snapshot();
});

beforeEach(async () => {
  await chain.loadFrom(empty);
  registry = await deploy(registries.owners(2, registries.numbered(keys)));
});

async function deploy(ownersCell) {
  const made = registries.registryOf(code, { delay, ownersCell, parametersCell });
  await send(anyone, made.address, toNano('0.3'), beginCell().endCell(), made.init);
  return made;
}

const proposal = (number, kind, key, value, fields = {}) =>
  registries.proposal({ networkId: DevelopmentNetwork, registry: registry.address, number, validUntil: chain.now + 86_400, kind, key, value, ...fields });

const veto = (number, fields = {}) =>
  registries.veto({ networkId: DevelopmentNetwork, registry: registry.address, number, validUntil: chain.now + 86_400, ...fields });

const propose = (cell, signers) => send(anyone, registry.address, gas, registries.propose(1, cell, signers));
const apply = cell => send(anyone, registry.address, gas, registries.apply(1, cell));
const cancel = (cell, signers) => send(anyone, registry.address, gas, registries.cancel(1, cell, signers));

async function read() {
  const { stackReader } = await chain.runGetMethod(registry.address, 'get_registry_data');
  const data = {
    version: stackReader.readNumber(),
    next: stackReader.readNumber(),
    delay: stackReader.readNumber(),
    successor: stackReader.readAddressOpt(),
    owners: stackReader.readCell(),
    pending: stackReader.readCellOpt(),
    parameters: stackReader.readCell(),
  };
  const entries = stackReader.readCell().beginParse();
  const [images, models, gateways] = [entries.loadMaybeRef(), entries.loadMaybeRef(), entries.loadMaybeRef()];
  return { ...data, images, models, gateways };
}

async function accepted(outcome) {
  const resolved = await outcome;
  assert.ok(resolved.ok, `exit ${resolved.exit}`);
  return resolved;
}

async function dataHash() {
  const { account } = await chain.getContract(registry.address);
  return account.account.storage.state.state.data.hash().toString('hex');
}

/** Sends what must be refused with an exit code and change nothing. */
async function refused(exit, sending) {
  const before = await dataHash();
  const balance = await balanceOf(chain, registry.address);
  const outcome = await sending();

  assert.equal(outcome.exit, exit);
  assert.ok(outcome.bounced);
  assert.equal(await dataHash(), before);
  const storage = outcome.transaction.description.storagePhase.storageFeesCollected;
  assert.equal(await balanceOf(chain, registry.address), balance - storage);
}

const afterTheLock = (extra = 1) => {
  chain.now += delay + extra;
};

async function put(number, kind, key, value, signers = [a, b]) {
  const cell = proposal(number, kind, key, value);
  await accepted(propose(cell, signers));
  afterTheLock();
  return accepted(apply(cell));
}

test('Propose_ByEnoughOwners_WaitsAndThenAnyoneAppliesIt', async () => {
  const cell = proposal(0, Kind.putImage, 111n, image);
  const proposed = await accepted(propose(cell, [a, c]));
  const waiting = await read();
  assert.deepEqual([waiting.version, waiting.next, waiting.images], [0, 1, null]);
  assert.ok(waiting.pending);
  await refused(1011, () => apply(cell));
  chain.now += delay;
  await refused(1011, () => apply(cell));
  chain.now += 1;
  const applied = await accepted(apply(cell));

  const data = await read();
  assert.deepEqual([data.version, data.next, data.pending], [1, 1, null]);
  assert.ok(data.images);
  assert.ok(proposed.gas < 13_000n && applied.gas < 12_000n, `gas ${proposed.gas} and ${applied.gas}`);
});

test('Apply_ModelGatewayParametersAndSuccessor_AreStored', async () => {
  await put(0, Kind.putModel, 1n, registries.modelEntry({ name: 'house' }));
  await put(1, Kind.putGateway, 2n, registries.gatewayEntry({ validUntil: 0xffffffff, address: 'gateway.example:443' }));
  const other = beginCell().storeUint(1, 8).endCell();
  await put(2, Kind.setParameters, 0n, other);
  const successor = new Address(0, Buffer.alloc(32, 7));
  await put(3, Kind.setSuccessor, 0n, beginCell().storeAddress(successor).endCell());

  const data = await read();
  assert.ok(data.models && data.gateways);
  assert.ok(data.parameters.equals(other));
  assert.ok(data.successor.equals(successor));
  assert.equal(data.version, 4);
});

test('Remove_WorksAtOnce', async () => {
  await put(0, Kind.putImage, 1n, image);
  await put(1, Kind.putModel, 2n, registries.modelEntry({ name: 'house' }));
  await put(2, Kind.putGateway, 3n, registries.gatewayEntry({ validUntil: 1, address: 'gateway.example:443' }));
  await accepted(propose(proposal(3, Kind.removeImage, 1n, null), [a, b]));
  await accepted(propose(proposal(4, Kind.removeModel, 2n, null), [a, b]));
  await accepted(propose(proposal(5, Kind.removeGateway, 3n, null), [a, b]));

  const data = await read();
  assert.deepEqual([data.images, data.models, data.gateways], [null, null, null]);
});

test('Remove_WhatIsNotThere_Exit1016', async () => {
  for (const kind of [Kind.removeImage, Kind.removeModel, Kind.removeGateway]) {
    await refused(1016, () => propose(proposal(0, kind, 9n, null), [a, b]));
  }
});

test('Registry_OneKey_ChangesNothing', async () => {
  const cell = proposal(0, Kind.putImage, 111n, image);
  const stranger = testKey('stranger');

  await refused(1007, () => propose(cell, [a]));
  await refused(1007, () => propose(cell, [a, [1, keys[0]]]));
  await refused(1007, () => propose(cell, [a, [1, stranger]]));
  await refused(1007, () => propose(cell, [a, [9, stranger]]));
  await refused(1007, () => propose(cell, [a, b, [2, stranger]]));
  await refused(1007, () => propose(cell, []));
});

test('Registry_OneKeyUnderTwoNumbers_HasOneVote', async () => {
  registry = await deploy(registries.owners(2, [[0, keys[0]], [1, keys[0]], [2, keys[2]]]));
  const cell = proposal(0, Kind.putImage, 111n, image);

  await refused(1007, () => propose(cell, [[0, keys[0]], [1, keys[0]]]));
  await accepted(propose(cell, [[0, keys[0]], [2, keys[2]]]));
});

test('Registry_Veto_StopsProposal', async () => {
  const cell = proposal(0, Kind.putImage, 111n, image);
  await accepted(propose(cell, [a, b]));
  await refused(1007, () => cancel(veto(0), [c]));
  await accepted(cancel(veto(0), [b, c]));
  afterTheLock();

  await refused(1016, () => apply(cell));
  await refused(1016, () => cancel(veto(0), [b, c]));
});

test('Veto_NeedsNoMoreThanWhoCouldHaveRefused', async () => {
  registry = await deploy(registries.owners(3, registries.numbered(keys)));
  const cell = proposal(0, Kind.putImage, 111n, image);
  await accepted(propose(cell, [a, b, c]));

  await accepted(cancel(veto(0), [c]));
  assert.equal((await read()).pending, null);
});

test('Veto_OfAnotherRegistryNetworkOrTime_Refused', async () => {
  await accepted(propose(proposal(0, Kind.putImage, 111n, image), [a, b]));

  await refused(1015, () => cancel(veto(0, { networkId: -239 }), [a, b]));
  await refused(1015, () => cancel(veto(0, { registry: anyone.address }), [a, b]));
  await refused(1011, () => cancel(veto(0, { validUntil: chain.now - 1 }), [a, b]));
});

test('Registry_Replay_Refused', async () => {
  const cell = proposal(0, Kind.putImage, 111n, image);
  await accepted(propose(cell, [a, b]));
  await refused(1000, () => propose(cell, [a, b]));
  afterTheLock();
  await accepted(apply(cell));
  await refused(1016, () => apply(cell));
  await refused(1000, () => propose(proposal(0, Kind.putImage, 111n, image), [a, b]));

  // Waiting when its image is revoked: the revocation ends it.
  const again = proposal(1, Kind.putImage, 111n, image);
  await accepted(propose(again, [a, b]));
  await accepted(propose(proposal(2, Kind.removeImage, 111n, null), [a, b]));
  afterTheLock();
  await refused(1016, () => apply(again));
  assert.equal((await read()).images, null);
});

test('Propose_OfAnotherRegistryNetworkOrTime_Refused', async () => {
  await refused(1015, () => propose(proposal(0, Kind.putImage, 1n, image, { networkId: -239 }), [a, b]));
  await refused(1015, () => propose(proposal(0, Kind.putImage, 1n, image, { registry: anyone.address }), [a, b]));
  await refused(1011, () => propose(proposal(0, Kind.putImage, 1n, image, { validUntil: chain.now - 1 }), [a, b]));
});

test('Propose_NumberAhead_Exit1000', async () => {
  await refused(1000, () => propose(proposal(1, Kind.putImage, 1n, image), [a, b]));
});

test('Apply_OtherBodyUnderTheNumber_Exit1016', async () => {
  await accepted(propose(proposal(0, Kind.putImage, 111n, image), [a, b]));
  afterTheLock();

  await refused(1016, () => apply(proposal(0, Kind.putImage, 222n, image)));
});

test('Apply_ThirtyDaysAfterTheLock_Exit1011', async () => {
  const cell = proposal(0, Kind.putImage, 111n, image);
  await accepted(propose(cell, [a, b]));
  afterTheLock(grace + 1);

  await refused(1011, () => apply(cell));
});

test('SetOwners_Applied_VoidsWhatTheOldOnesHadWaiting', async () => {
  const successors = registries.numbered(['new 0', 'new 1'].map(testKey));
  const change = proposal(0, Kind.setOwners, 7200n, registries.owners(2, successors));
  const waiting = proposal(1, Kind.putImage, 1n, image);
  await accepted(propose(change, [a, b]));
  await accepted(propose(waiting, [a, b]));
  afterTheLock();
  await accepted(apply(change));

  assert.equal((await read()).delay, 7200);
  await refused(1016, () => apply(waiting));
  await refused(1007, () => propose(proposal(2, Kind.putImage, 1n, image), [a, b]));
  await accepted(propose(proposal(2, Kind.putImage, 1n, image), successors));
});

test('SetOwners_OutOfBounds_Exit1012', async () => {
  const many = count => registries.numbered(Array.from({ length: count }, (_, i) => testKey(`many ${i}`)));
  const change = (needed, pairs, newDelay = 7200n) => proposal(0, Kind.setOwners, newDelay, registries.owners(needed, pairs));

  for (const bad of [
    change(0, many(3)),
    change(4, many(3)),
    change(1, []),
    change(2, many(16)),
    change(2, [[0, keys[0]], [1, keys[1]], [7, keys[0]]]),
    change(2, many(3), 3599n),
    change(2, many(3), 2_592_001n),
  ]) {
    await refused(1012, () => propose(bad, [a, b]));
  }
});

test('Propose_UnknownKindOrWrongValue_Exit1012', async () => {
  for (const bad of [
    proposal(0, 0, 1n, image),
    proposal(0, 10, 1n, image),
    proposal(0, Kind.putImage, 1n, null),
    proposal(0, Kind.setOwners, 7200n, null),
    proposal(0, Kind.removeImage, 1n, image),
  ]) {
    await refused(1012, () => propose(bad, [a, b]));
  }
});

test('Propose_MalformedBody_Exit9', async () => {
  const owners = beginCell().storeUint(2, 8).endCell();
  await refused(9, () => propose(proposal(0, Kind.setOwners, 7200n, owners), [a, b]));
  const longer = beginCell().storeSlice(proposal(0, Kind.putImage, 1n, image).beginParse()).storeBit(0).endCell();
  await refused(9, () => propose(longer, [a, b]));
});

test('Propose_FifteenOwners_AllSign', async () => {
  const fifteen = registries.numbered(Array.from({ length: 15 }, (_, i) => testKey(`many ${i}`)));
  await put(0, Kind.setOwners, 7200n, registries.owners(15, fifteen));
  const outcome = await accepted(send(anyone, registry.address, toNano('0.05'), registries.propose(1, proposal(1, Kind.putImage, 1n, image), fifteen)));

  assert.ok(outcome.gas < 97_000n, `gas ${outcome.gas}`);
});

test('AnyOp_ValueTooLowUnknownOrPlain_IsRefusedOrKept', async () => {
  const cell = proposal(0, Kind.putImage, 1n, image);
  for (const body of [registries.propose(1, cell, [a, b]), registries.apply(1, cell), registries.cancel(1, veto(0), [a, b])]) {
    await refused(1003, () => send(anyone, registry.address, toNano('0.0499'), body));
  }

  await refused(65535, () => send(anyone, registry.address, gas, beginCell().storeUint(0, 32).endCell()));
  const before = await balanceOf(chain, registry.address);
  await accepted(send(anyone, registry.address, gas, beginCell().endCell()));
  assert.ok((await balanceOf(chain, registry.address)) > before);
});

test('ExternalMessage_OfAnyKind_IsNotAccepted', async () => {
  const body = registries.propose(1, proposal(0, Kind.putImage, 1n, image), [a, b]);

  await assert.rejects(chain.sendMessage({ info: { type: 'external-in', dest: registry.address, importFee: 0n }, body }));
});

test('Owners_AreStoredAsSigned', async () => {
  const successors = registries.numbered([testKey('new 0')]);
  await put(0, Kind.setOwners, 3600n, registries.owners(1, successors));

  assert.ok((await read()).owners.equals(registries.owners(1, successors)));
});
