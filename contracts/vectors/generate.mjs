// Writes what TON's own JavaScript libraries make of the things that Ton/ makes too, for the tests to compare byte for byte:
// `npm run vectors`, or `node vectors/generate.mjs FILE`. The same packages always write the same file.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import {
  Address,
  beginCell,
  convertToMerkleProof,
  Dictionary,
  external,
  internal,
  storeMessage,
  storeMessageRelaxed,
  storeStateInit,
  storeTransaction,
  toNano,
} from '@ton/core';
import { mnemonicToPrivateKey, mnemonicValidate } from '@ton/crypto';
import { createRequire } from 'node:module';
import ton from '@ton/ton';
import * as channels from '../lib/channel.mjs';
import { createChain, DevelopmentNetwork, send } from '../lib/chain.mjs';
import { compile } from '../lib/compile.mjs';
import { sign, testKey } from '../lib/keys.mjs';
import * as registries from '../lib/registry.mjs';

const { mnemonicFromRandomSeed } = createRequire(import.meta.url)('@ton/crypto/dist/mnemonic/mnemonic');
const { WalletContractV4, WalletContractV5R1 } = ton;
const hex = bytes => Buffer.from(bytes).toString('hex');
const sha256 = text => createHash('sha256').update(text).digest();
const describe = cell => ({
  hash: hex(cell.hash()),
  hashes: [0, 1, 2, 3].map(level => hex(cell.hash(level))),
  depth: cell.depth(),
  checked: hex(cell.toBoc({ idx: false, crc32: true })),
  plain: hex(cell.toBoc({ idx: false, crc32: false })),
  indexed: hex(cell.toBoc({ idx: true, crc32: true })),
});

const payerKey = testKey('payer');
const payeeKey = testKey('payee');
const address = new Address(0, Buffer.alloc(32, 0x42));
const channelCode = await compile('channel');
const registryCode = await compile('registry');

// The comments say what the tests build under the same names.
const cells = {
  empty: beginCell().endCell(),
  u32: beginCell().storeUint(0xdeadbeef, 32).endCell(),
  bits5: beginCell().storeUint(0b10110, 5).endCell(),
  // Bit i is set where 7 i is divisible by 3.
  bits1023: Array.from({ length: 1023 }, (_, i) => (i * 7) % 3 === 0).reduce((builder, bit) => builder.storeBit(bit), beginCell()).endCell(),
  refs4: [1, 2, 3, 4].reduce((builder, i) => builder.storeRef(beginCell().storeUint(i, 7 + i).endCell()), beginCell().storeUint(1, 1)).endCell(),
  coins: [0n, 1n, 255n, 256n, toNano('1.5'), (1n << 63n) - 1n].reduce((builder, value) => builder.storeCoins(value), beginCell()).endCell(),
  ints: beginCell().storeInt(-1, 8).storeInt(-123456789, 33).storeInt(-(1n << 63n), 64).storeUint((1n << 64n) - 1n, 64).endCell(),
  addresses: beginCell().storeAddress(new Address(0, Buffer.alloc(32, 0x11))).storeAddress(new Address(-1, Buffer.alloc(32, 0xee))).storeAddress(null).endCell(),
  comment: beginCell().storeUint(0, 32).storeStringTail('x'.repeat(300) + ' привет').endCell(),
  library: beginCell().storeUint(2, 8).storeBuffer(Buffer.alloc(32, 9)).endCell({ exotic: true }),
};

// One cell twice: written once.
const shared = beginCell().storeUint(77, 16).endCell();
cells.shared = beginCell().storeRef(shared).storeRef(beginCell().storeRef(shared).storeUint(5, 7).endCell()).endCell();

// 40 below each other, then 1,024.
const chain = (length, bits) => {
  let cell = beginCell().endCell();
  for (let i = 0; i < length; i++) {
    cell = beginCell().storeUint(i, bits).storeRef(cell).endCell();
  }

  return cell;
};
cells.chain40 = chain(40, 9);
cells.chain1024 = chain(1024, 11);

// Exotic cells: pruned at one, two and three levels, what holds them, a proof, an update, and a proof in a proof. (A branch pruned at
// level 2 or 3 alone is not here: the library counts levels where it should count hashes.)
const pruned = (mask, hashes) =>
  hashes
    .reduce((builder, [, depth]) => builder.storeUint(depth, 16), hashes.reduce((builder, [hash]) => builder.storeBuffer(hash), beginCell().storeUint(1, 8).storeUint(mask, 8)))
    .endCell({ exotic: true });
cells.prunedLevel1 = pruned(1, [[sha256('a'), 3]]);
cells.prunedLevels1And2 = pruned(3, [[sha256('a'), 3], [sha256('b'), 4]]);
cells.prunedLevels1To3 = pruned(7, [[sha256('a'), 3], [sha256('b'), 4], [sha256('c'), 1000]]);
cells.overPruned = beginCell().storeUint(1, 4).storeRef(cells.prunedLevel1).storeRef(cells.u32).endCell();
cells.overPrunedTwice = beginCell().storeUint(2, 4).storeRef(cells.prunedLevels1And2).storeRef(cells.prunedLevels1To3).endCell();
cells.proof = convertToMerkleProof(cells.overPruned);
const merkleUpdate = (before, after) =>
  beginCell()
    .storeUint(4, 8)
    .storeBuffer(before.hash(0))
    .storeBuffer(after.hash(0))
    .storeUint(before.depth(0), 16)
    .storeUint(after.depth(0), 16)
    .storeRef(before)
    .storeRef(after)
    .endCell({ exotic: true });
cells.update = merkleUpdate(cells.overPruned, beginCell().storeRef(cells.prunedLevel1).endCell());
cells.proofInProof = convertToMerkleProof(beginCell().storeUint(3, 4).storeRef(convertToMerkleProof(cells.overPrunedTwice)).endCell());

// Dictionaries: 0, 1 and 1,000 keys of 32 bits; 1,000 of 256 bits; 15 bits; all keys of 4 bits; one bit.
const dictionary = (keys, values, entries) => {
  const made = Dictionary.empty(keys, values);
  for (const [key, value] of entries) {
    made.set(key, value);
  }

  return beginCell().storeDict(made).endCell();
};
const { Keys, Values } = Dictionary;
const numbers = count => Array.from({ length: count }, (_, i) => i);
cells.dictionary0 = dictionary(Keys.Uint(32), Values.Uint(16), []);
cells.dictionary1 = dictionary(Keys.Uint(32), Values.Uint(16), [[7, 700]]);
cells.dictionary1000 = dictionary(Keys.Uint(32), Values.Uint(16), numbers(1000).map(i => [Number((BigInt(i) * 2654435761n) & 0xffffffffn), i]));
cells.dictionary1000Hashes = dictionary(
  Keys.BigUint(256),
  Values.Cell(),
  numbers(1000).map(i => [BigInt('0x' + hex(sha256(`key ${i}`))), beginCell().storeUint(i, 16).endCell()]),
);
cells.dictionary15Bits = dictionary(Keys.Uint(15), Values.Uint(8), numbers(40).map(i => [i * 17, i]));
cells.dictionary4Bits = dictionary(Keys.Uint(4), Values.Uint(8), numbers(16).map(i => [i, i]));
cells.dictionary1Bit = dictionary(Keys.Uint(1), Values.Uint(8), [[1, 5]]);

// The channel.
const terms = { payerAddress: address, payerKey, payeeAddress: new Address(-1, Buffer.alloc(32, 0x24)), payeeKey, closeDelay: 86_400, salt: 0x0123456789abcdefn };
const channel = channels.channelOf(channelCode, terms);
const context = BigInt('0x' + hex(createHash('sha256').update('cocoon-voucher-v1').update(Buffer.alloc(32)).update(sha256('usage')).digest()));
const voucherFields = { networkId: -239, channel: channel.address, serial: 10n, cumulative: toNano('1.5'), context };
const closeFields = { networkId: -3, channel: channel.address, cumulative: toNano('2.25'), validUntil: 1_764_000_600 };
cells.channelData = channel.init.data;
cells.channelInit = beginCell().store(storeStateInit(channel.init)).endCell();
cells.voucher = channels.voucher(voucherFields);
cells.close = channels.cooperativeClose(closeFields);
cells.topUp = channels.topUp(1, toNano('5'));
cells.charge = channels.signedCharge(2, payerKey, voucherFields);
cells.closeBoth = channels.signedClose(3, payerKey, payeeKey, closeFields);
cells.startClose = channels.startClose(4);
cells.finishClose = channels.finishClose(5);
cells.askWithdraw = channels.askWithdraw(6, toNano('1.25'));
cells.doWithdraw = channels.doWithdraw(7);

// The registry.
const ownerKeys = ['owner 0', 'owner 1', 'owner 2'].map(testKey);
const ownersCell = registries.owners(2, registries.numbered(ownerKeys));
const parametersCell = registries.parameters({
  channelCodeHash: BigInt('0x' + hex(channelCode.hash())),
  leastCloseDelay: 3600,
  mostCloseDelay: 604_800,
  mostCommissionPerMillion: 100_000,
  leastTopUp: toNano('0.5'),
});
const registry = registries.registryOf(registryCode, { delay: 172_800, ownersCell, parametersCell });
const registryFields = { networkId: -1000, registry: registry.address, number: 3, validUntil: 1_764_000_600 };
cells.owners = ownersCell;
cells.parameters = parametersCell;
cells.image = registries.imageEntry({ role: 1, validFrom: 5, validUntil: 0xffffffff, note: 'worker image' });
cells.model = registries.modelEntry({ name: 'house' });
cells.gateway = registries.gatewayEntry({ validUntil: 1_764_000_600, address: 'gateway.example:443' });
cells.registryData = registry.init.data;
cells.proposal = registries.proposal({ ...registryFields, kind: registries.Kind.putImage, key: 111n, value: cells.image });
cells.removal = registries.proposal({ ...registryFields, kind: registries.Kind.removeImage, key: 111n });
cells.veto = registries.veto(registryFields);
cells.propose = registries.propose(1, cells.proposal, [[0, ownerKeys[0]], [2, ownerKeys[2]]]);
cells.apply = registries.apply(2, cells.proposal);
cells.cancel = registries.cancel(3, cells.veto, [[1, ownerKeys[1]], [2, ownerKeys[2]]]);

// Wallets and messages. The time is a real one: at seqno 0 the library would write ffffffff, so those are compared without it.
const v4 = WalletContractV4.create({ workchain: 0, publicKey: payerKey.publicKey });
const wallet = networkGlobalId => WalletContractV5R1.create({ walletId: { networkGlobalId }, publicKey: payerKey.publicKey });
const v5 = wallet(-239);
const deploy = internal({ to: channel.address, value: toNano('5.05'), bounce: true, body: cells.topUp, init: channel.init });
const plain = internal({ to: address, value: toNano('0.05'), bounce: false, body: 'thanks' });
const large = internal({ to: address, value: 1n, bounce: true, body: cells.refs4, init: channel.init });
const transfer = { seqno: 3, secretKey: payerKey.secretKey, timeout: 1_764_000_060, sendMode: 3 };
cells.messageDeploy = beginCell().store(storeMessageRelaxed(deploy)).endCell();
cells.messagePlain = beginCell().store(storeMessageRelaxed(plain)).endCell();
cells.messageLarge = beginCell().store(storeMessageRelaxed(large)).endCell();
cells.v4Transfer = v4.createTransfer({ ...transfer, messages: [deploy, plain] });
cells.v5Transfer = v5.createTransfer({ ...transfer, messages: [deploy, plain] });
cells.v5Transfer255 = v5.createTransfer({ ...transfer, messages: Array.from({ length: 255 }, () => plain) });
cells.externalV4 = beginCell().store(storeMessage(external({ to: v4.address, body: cells.v4Transfer }))).endCell();
cells.externalV5WithInit = beginCell().store(storeMessage(external({ to: v5.address, init: v5.init, body: cells.v5Transfer }))).endCell();

const addresses = Object.fromEntries(
  Object.entries({
    v4: v4.address,
    v5Mainnet: v5.address,
    v5Testnet: wallet(-3).address,
    v5Development: wallet(-1000).address,
    channel: channel.address,
    registry: registry.address,
    masterchain: new Address(-1, Buffer.alloc(32, 0x33)),
  }).map(([name, value]) => [
    name,
    {
      raw: value.toRawString(),
      bounceable: value.toString({ bounceable: true }),
      nonBounceable: value.toString({ bounceable: false }),
      testOnly: value.toString({ testOnly: true }),
      base64: value.toString({ urlSafe: false }),
    },
  ]),
);

const words = await mnemonicFromRandomSeed(Buffer.alloc(32, 1), 24);
const otherWords = [words[0] === 'abandon' ? 'zoo' : 'abandon', ...words.slice(1)];
const mnemonic = {
  words: words.join(' '),
  publicKey: hex((await mnemonicToPrivateKey(words)).publicKey),
  wrongWords: otherWords.join(' '),
  wrongIsValid: await mnemonicValidate(otherWords),
};

// Whole transactions of the real TVM: what a watcher reads.
async function transactions() {
  const own = await createChain();
  const payer = await own.treasury('payer');
  const payee = await own.treasury('payee');
  const opened = channels.channelOf(channelCode, { payerAddress: payer.address, payerKey, payeeAddress: payee.address, payeeKey, closeDelay: 3600, salt: 1n });
  const fields = { networkId: DevelopmentNetwork, channel: opened.address, cumulative: toNano('1') };
  const gas = toNano('0.05');
  const w5 = own.openContract(WalletContractV5R1.create({ walletId: { networkGlobalId: DevelopmentNetwork }, publicKey: payerKey.publicKey }));
  const results = [
    await payer.send({ to: opened.address, value: toNano('5') + gas, body: channels.topUp(1, toNano('5')), init: opened.init }),
    await payee.send({ to: opened.address, value: gas, body: channels.signedCharge(2, payerKey, fields) }),
    await payee.send({ to: opened.address, value: gas, body: channels.signedCharge(3, payerKey, fields) }),
    await payer.send({ to: address, value: toNano('1'), bounce: false, body: beginCell().storeUint(0, 32).storeStringTail('to nobody').endCell() }),
    await payer.send({ to: address, value: toNano('1'), bounce: true }),
    await payer.send({ to: w5.address, value: toNano('2'), bounce: false }),
    await w5.sendTransfer({ seqno: 0, timeout: own.now + 60, secretKey: payerKey.secretKey, sendMode: 3, messages: [plain, internal({ to: address, value: toNano('1000'), body: 'more than there is' })] }),
  ];
  own.now += 3600;
  results.push(await send(payer, opened.address, gas, channels.startClose(4)));
  own.now += 3601;
  results.push(await send(payer, opened.address, gas, channels.finishClose(5)));
  return results.flatMap(result => result.transactions).map(describeTransaction);
}

function describeMessage(message) {
  const { info } = message;
  return {
    kind: info.type,
    source: info.src instanceof Address ? info.src.toRawString() : null,
    destination: info.dest instanceof Address ? info.dest.toRawString() : null,
    value: info.type === 'internal' ? String(info.value.coins) : '0',
    bounce: info.type === 'internal' && info.bounce,
    bounced: info.type === 'internal' && info.bounced,
    forwardFee: info.type === 'internal' ? String(info.forwardFee) : '0',
    createdLt: info.type === 'external-in' ? '0' : String(info.createdLt),
    hasInit: Boolean(message.init),
    body: hex(message.body.hash()),
  };
}

function describeTransaction(transaction) {
  const cell = beginCell().store(storeTransaction(transaction)).endCell();
  const { description } = transaction;
  const { computePhase, actionPhase } = description;
  const ran = computePhase.type === 'vm';
  return {
    boc: hex(cell.toBoc({ idx: false, crc32: true })),
    hash: hex(cell.hash()),
    account: transaction.address.toString(16).padStart(64, '0'),
    lt: String(transaction.lt),
    previousLt: String(transaction.prevTransactionLt),
    previousHash: transaction.prevTransactionHash.toString(16).padStart(64, '0'),
    time: transaction.now,
    statusBefore: transaction.oldStatus,
    statusAfter: transaction.endStatus,
    totalFees: String(transaction.totalFees.coins),
    storageFees: String(description.storagePhase?.storageFeesCollected ?? 0n),
    exitCode: ran ? computePhase.exitCode : null,
    gasUsed: ran ? String(computePhase.gasUsed) : '0',
    gasFees: ran ? String(computePhase.gasFees) : '0',
    actionResult: actionPhase?.resultCode ?? null,
    skippedActions: actionPhase?.skippedActions ?? null,
    messagesCreated: actionPhase?.messagesCreated ?? null,
    aborted: description.aborted,
    hasBouncePhase: Boolean(description.bouncePhase),
    destroyed: description.destroyed,
    inMessage: describeMessage(transaction.inMessage),
    outMessages: [...transaction.outMessages.values()].map(describeMessage),
  };
}

const vectors = {
  cells: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, describe(cell)])),
  addresses,
  keys: { payer: hex(payerKey.publicKey), payee: hex(payeeKey.publicKey) },
  signatures: { voucher: hex(sign(cells.voucher, payerKey)), close: hex(sign(cells.close, payeeKey)) },
  codes: { channel: hex(channelCode.hash()), registry: hex(registryCode.hash()), v4: hex(v4.init.code.hash()), v5: hex(v5.init.code.hash()) },
  mnemonic,
  transactions: await transactions(),
};
writeFileSync(process.argv[2], JSON.stringify(vectors, null, 1) + '\n');
