// A chain in this process: the sandbox's TVM, an own history of each address, and a block for each message that was accepted.
import { beginCell, Cell, loadStateInit, storeMessage, storeStateInit, storeTransaction } from '@ton/core';
import { createChain } from '../lib/chain.mjs';

const keptBlocks = 256;

export class DevelopmentChain {
  #chain;
  #faucet;
  #history = new Map();
  #blocks = new Map();
  #marks = new Map();
  #seqno = 0;
  #frozen = new Map();

  /** Told each change that was made, in a form that can be made again. */
  onChange = () => {};

  static async start(now) {
    const made = new DevelopmentChain();
    made.#chain = await createChain({ now });
    made.#faucet = await made.#chain.treasury('faucet');
    made.#closeBlock();
    return made;
  }

  get seqno() {
    return this.#seqno;
  }

  get now() {
    return this.#chain.now;
  }

  get config() {
    return this.#chain.config;
  }

  /** Moves the clock on; the sandbox can't turn it back. */
  setNow(now) {
    if (now < this.#chain.now) {
      throw new RangeError('time does not go back');
    }

    this.#chain.now = now;
    this.#closeBlock();
  }

  /** Applies an external message with all that it sets off; throws what the TVM says when it isn't accepted. */
  async apply(message) {
    this.#record(await this.#chain.sendMessage(message));
    this.onChange({ boc: beginCell().store(storeMessage(message)).endCell().toBoc().toString('base64') });
  }

  /** Coins from nowhere; with code and first data, in base64, a contract is made of them, as anyone's transfer with a StateInit would. */
  async giveCoins(to, value, init) {
    const contract = init === undefined ? undefined : loadStateInit(Cell.fromBase64(init).beginParse());
    this.#record(await this.#faucet.send({ to, value, bounce: false, init: contract }));
    this.onChange({ to: to.toRawString(), value: String(value), init });
  }

  /** Freezes an active account, as the chain does to one that owes too much rent: of its code and data only the hash stays. */
  async freeze(address) {
    const { shardAccount, state } = await this.#stateOf(address);
    if (state?.type !== 'active') {
      throw new RangeError('only an active account freezes');
    }

    const { code, data } = state.state;
    const hash = beginCell().store(storeStateInit({ code, data })).endCell().hash();
    this.#frozen.set(address.toRawString(), state);
    await this.#setState(address, shardAccount, { type: 'frozen', stateHash: BigInt(`0x${hash.toString('hex')}`) });
    this.onChange({ frozen: address.toRawString() });
  }

  /** Thaws what was frozen, as a message with its code and data does. */
  async thaw(address) {
    const { shardAccount } = await this.#stateOf(address);
    const state = this.#frozen.get(address.toRawString());
    if (state === undefined) {
      throw new RangeError('it is not frozen');
    }

    this.#frozen.delete(address.toRawString());
    await this.#setState(address, shardAccount, state);
    this.onChange({ thawed: address.toRawString() });
  }

  async #stateOf(address) {
    const { account: shardAccount } = await this.#chain.getContract(address);
    return { shardAccount, state: shardAccount.account?.storage?.state };
  }

  async #setState(address, shardAccount, state) {
    const { account } = shardAccount;
    await this.#chain.setShardAccount(address, { ...shardAccount, account: { ...account, storage: { ...account.storage, state } } });
    this.#closeBlock();
  }

  account(address) {
    return this.#chain.getContract(address);
  }

  runGetMethod(address, method, stack) {
    return this.#chain.runGetMethod(address, method, stack);
  }

  /** Transactions of an address up to a block, newest first. */
  transactions(address, seqno = this.#seqno) {
    return (this.#history.get(address.toRawString()) ?? []).filter(row => row.seqno <= seqno).reverse();
  }

  /** Answers as of an earlier block. */
  async asOf(seqno, read) {
    const block = this.#blocks.get(seqno);
    if (block === undefined) {
      throw new RangeError(`block ${seqno} is not kept`);
    }

    if (seqno === this.#seqno) {
      return await read();
    }

    const present = this.#chain.snapshot();
    await this.#chain.loadFrom(block);
    try {
      return await read();
    } finally {
      await this.#chain.loadFrom(present);
    }
  }

  /** Remembers the whole chain under a number. */
  mark() {
    const id = this.#marks.size + 1;
    const history = new Map([...this.#history].map(([address, rows]) => [address, [...rows]]));
    this.#marks.set(id, { block: this.#chain.snapshot(), seqno: this.#seqno, history, blocks: new Map(this.#blocks) });
    return id;
  }

  /** Puts the chain back to what it was at a mark. */
  async restore(id) {
    const mark = this.#marks.get(id);
    if (mark === undefined) {
      throw new RangeError(`no mark ${id}`);
    }

    await this.#chain.loadFrom(mark.block);
    this.#seqno = mark.seqno;
    this.#history = new Map([...mark.history].map(([address, rows]) => [address, [...rows]]));
    this.#blocks = new Map(mark.blocks);
  }

  /** Goes on at a later block: who saw an earlier run of this chain must not see its number fall. */
  skipTo(seqno) {
    if (seqno > this.#seqno) {
      this.#seqno = seqno - 1;
      this.#closeBlock();
    }
  }

  #record(result) {
    this.#closeBlock();
    for (const transaction of result.transactions) {
      const cell = beginCell().store(storeTransaction(transaction)).endCell();
      const address = `0:${transaction.address.toString(16).padStart(64, '0')}`;
      const rows = this.#history.get(address) ?? [];
      rows.push({ seqno: this.#seqno, transaction, cell, hash: cell.hash() });
      this.#history.set(address, rows);
    }
  }

  #closeBlock() {
    this.#seqno++;
    this.#blocks.set(this.#seqno, this.#chain.snapshot());
    this.#blocks.delete(this.#seqno - keptBlocks);
  }
}
