// The methods of toncenter's HTTP API, version 2, on the development chain, and the dev_ methods of tests.
import { Address, beginCell, Cell, Dictionary, loadMessage, storeMessage } from '@ton/core';
import { Faults } from './faults.mjs';

const largestExternal = 65_535;

/** An answer `{ok: false}` with an HTTP status. */
export class ApiError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** No answer at all: the caller waits until it has had enough. */
export class Silence extends Error {}

const base64 = bytes => Buffer.from(bytes).toString('base64');
const hashOf = number => base64(Buffer.from(number.toString(16).padStart(64, '0'), 'hex'));
const transactionId = (lt, hash) => ({ '@type': 'internal.transactionId', lt: String(lt), hash });

function parseAddress(text) {
  try {
    return Address.parse(text);
  } catch {
    throw new ApiError(422, 'Incorrect address');
  }
}

function formatMessage(message) {
  const { info } = message;
  const internal = info.type === 'internal';
  return {
    '@type': 'raw.message',
    hash: base64(beginCell().store(storeMessage(message)).endCell().hash()),
    source: info.src instanceof Address ? info.src.toString() : '',
    destination: info.dest instanceof Address ? info.dest.toString() : '',
    value: internal ? String(info.value.coins) : '0',
    extra_currencies: [],
    fwd_fee: internal ? String(info.forwardFee) : '0',
    ihr_fee: '0',
    created_lt: String(info.createdLt ?? 0n),
    body_hash: base64(message.body.hash()),
    msg_data: { '@type': 'msg.dataRaw', body: base64(message.body.toBoc()), init_state: '' },
    message: '',
  };
}

function formatTransaction({ transaction, cell, hash }) {
  const storageFee = transaction.description.storagePhase?.storageFeesCollected ?? 0n;
  return {
    '@type': 'raw.transaction',
    address: { '@type': 'accountAddress', account_address: new Address(0, Buffer.from(transaction.address.toString(16).padStart(64, '0'), 'hex')).toString() },
    utime: transaction.now,
    data: base64(cell.toBoc()),
    transaction_id: transactionId(transaction.lt, base64(hash)),
    fee: String(transaction.totalFees.coins),
    storage_fee: String(storageFee),
    other_fee: String(transaction.totalFees.coins - storageFee),
    in_msg: transaction.inMessage ? formatMessage(transaction.inMessage) : undefined,
    out_msgs: [...transaction.outMessages.values()].map(formatMessage),
  };
}

function formatStackItem(item) {
  switch (item.type) {
    case 'int':
      return ['num', item.value < 0n ? `-0x${(-item.value).toString(16)}` : `0x${item.value.toString(16)}`];
    case 'null':
      return ['list', { '@type': 'tvm.list', elements: [] }];
    case 'tuple':
      return ['tuple', { '@type': 'tvm.tuple', elements: item.items.map(formatStackItem) }];
    case 'cell':
    case 'slice':
    case 'builder':
      return ['cell', { bytes: base64(item.cell.toBoc()) }];
    default:
      return ['num', 'NaN'];
  }
}

function parseStackItem([type, value]) {
  switch (type) {
    case 'num':
      return { type: 'int', value: String(value).startsWith('-') ? -BigInt(String(value).slice(1)) : BigInt(value) };
    case 'tvm.Cell':
    case 'tvm.Slice':
      return { type: type === 'tvm.Cell' ? 'cell' : 'slice', cell: Cell.fromBase64(value) };
    default:
      throw new ApiError(422, `stack items of type ${type} are not known`);
  }
}

export class Toncenter {
  #chain;
  #faults = new Faults();
  #held = [];
  #methods = {
    getMasterchainInfo: (_, call) => ({
      '@type': 'blocks.masterchainInfo',
      last: this.#block(this.#faults.take('liehead', call.endpoint, undefined)?.seqno ?? call.seqno),
      state_root_hash: base64(Buffer.alloc(32)),
      init: this.#block(0),
    }),
    getAddressInformation: (parameters, call) => this.#accountOf(parameters, call),
    getAddressBalance: async (parameters, call) => (await this.#accountOf(parameters, call)).balance,
    getAddressState: async (parameters, call) => (await this.#accountOf(parameters, call)).state,
    getTransactions: (parameters, call) => this.#transactionsOf(parameters, call),
    runGetMethod: (parameters, call) => this.#runGetMethod(parameters, call),
    getConfigParam: ({ config_id }) => {
      const parameters = this.#chain.config.beginParse().loadDictDirect(Dictionary.Keys.Int(32), Dictionary.Values.Cell());
      const cell = parameters.get(Number(config_id));
      if (cell === undefined) {
        throw new ApiError(500, `no config param ${config_id}`);
      }

      return { '@type': 'configInfo', config: { '@type': 'tvm.cell', bytes: base64(cell.toBoc()) } };
    },
    sendBoc: async ({ boc }, call) => {
      await this.#send(boc, call);
      return { '@type': 'ok' };
    },
    sendBocReturnHash: async ({ boc }, call) => {
      await this.#send(boc, call);
      return { '@type': 'raw.extMessageInfo', hash: base64(Cell.fromBase64(boc).hash()) };
    },

    dev_faucet: async ({ address, amount, init }) => {
      await this.#chain.giveCoins(parseAddress(address), BigInt(amount), init);
      return { seqno: this.#chain.seqno };
    },
    dev_now: ({ now, advance }) => {
      if (now !== undefined || advance !== undefined) {
        this.#chain.setNow(now !== undefined ? Number(now) : this.#chain.now + Number(advance));
      }

      return { now: this.#chain.now };
    },
    dev_freeze: async ({ address }) => {
      await this.#chain.freeze(parseAddress(address));
      return { seqno: this.#chain.seqno };
    },
    dev_thaw: async ({ address }) => {
      await this.#chain.thaw(parseAddress(address));
      return { seqno: this.#chain.seqno };
    },
    dev_snapshot: () => ({ id: this.#chain.mark() }),
    dev_restore: async ({ id }) => {
      await this.#chain.restore(Number(id));
      return { seqno: this.#chain.seqno };
    },
    dev_hold: parameters => this.#addFault('hold', parameters),
    dev_fail: parameters => this.#addFault('fail', parameters),
    dev_drop: parameters => this.#addFault('drop', parameters),
    dev_stale: parameters => this.#addFault('stale', parameters),
    dev_duplicate: parameters => this.#addFault('duplicate', parameters),
    dev_lie: parameters => this.#addFault('lie', parameters),
    dev_lie_head: parameters => this.#addFault('liehead', parameters),
    dev_held: () => ({ held: this.#held.length }),
    dev_release: async () => {
      const held = this.#held.splice(0);
      let applied = 0;
      for (const message of held) {
        // Like a validator: what the contract no longer accepts just isn't there.
        applied += await this.#chain.apply(message).then(
          () => 1,
          () => 0,
        );
      }

      return { held: held.length, applied };
    },
    dev_clear: () => {
      this.#faults.clear();
      this.#held = [];
      return {};
    },
  };

  constructor(chain) {
    this.#chain = chain;
  }

  /** One call at an endpoint, 1 or 2. Throws Silence when a fault says so. */
  async call(endpoint, name, parameters) {
    const method = Object.hasOwn(this.#methods, name) ? this.#methods[name] : null;
    if (method === null) {
      throw new ApiError(422, `Unknown method ${name}`);
    }

    if (name.startsWith('dev_')) {
      return await method(parameters);
    }

    const address = parameters.address === undefined ? undefined : parseAddress(parameters.address).toRawString();
    const failure = this.#faults.take('fail', endpoint, address);
    if (failure?.timeout) {
      throw new Silence();
    }

    if (failure !== null) {
      throw new ApiError(Number(failure.status ?? 500), 'a fault that was asked for');
    }

    const call = { endpoint, seqno: this.#chain.seqno };
    if (name.startsWith('sendBoc')) {
      // A lagging endpoint answers late; what it is sent still goes to the chain as it is.
      return await method(parameters, call);
    }

    const stale = this.#faults.take('stale', endpoint, address);
    if (stale !== null) {
      call.seqno = Math.max(1, call.seqno - Number(stale.blocks ?? 1));
    } else if (parameters.seqno !== undefined) {
      call.seqno = Number(parameters.seqno);
    }

    return await this.#chain.asOf(call.seqno, () => method(parameters, call));
  }

  #addFault(kind, { address, endpoint, times = 1, ...details }) {
    this.#faults.add(kind, {
      ...details,
      endpoint: endpoint === undefined ? undefined : Number(endpoint),
      address: address === undefined ? undefined : parseAddress(address).toRawString(),
      times: Number(times),
    });
    return {};
  }

  #block(seqno) {
    const hash = base64(Buffer.alloc(32, seqno & 0xff));
    return { '@type': 'ton.blockIdExt', workchain: -1, shard: '-9223372036854775808', seqno, root_hash: hash, file_hash: hash };
  }

  async #accountOf({ address }, call) {
    const contract = await this.#chain.account(parseAddress(address));
    const state = contract.account.account?.storage?.state;
    const active = state?.type === 'active';
    const lie = this.#faults.take('lie', call.endpoint, parseAddress(address).toRawString());
    const last = contract.account;
    return {
      '@type': 'raw.fullAccountState',
      balance: String(lie?.balance ?? contract.balance),
      extra_currencies: [],
      code: lie?.code ?? (active && state.state.code ? base64(state.state.code.toBoc()) : ''),
      data: lie?.data ?? (active && state.state.data ? base64(state.state.data.toBoc()) : ''),
      last_transaction_id: transactionId(lie?.lt ?? last.lastTransactionLt ?? 0n, hashOf(last.lastTransactionHash ?? 0n)),
      block_id: this.#block(Number(lie?.seqno ?? call.seqno)),
      frozen_hash: '',
      sync_utime: Number(lie?.time ?? this.#chain.now),
      state: active || lie?.data ? 'active' : state?.type === 'frozen' ? 'frozen' : 'uninitialized',
    };
  }

  #transactionsOf({ address, limit = 10, lt, hash, to_lt = 0 }, call) {
    const account = parseAddress(address);
    const rows = this.#chain.transactions(account, call.seqno);
    let from = 0;
    if (lt !== undefined) {
      const wanted = /^[0-9a-fA-F]{64}$/.test(hash) ? Buffer.from(hash, 'hex') : Buffer.from(hash ?? '', 'base64');
      from = rows.findIndex(row => row.transaction.lt === BigInt(lt) && row.hash.equals(wanted));
      if (from < 0) {
        throw new ApiError(500, `LITE_SERVER_UNKNOWN: cannot find block (0,${account.hash.toString('hex')}) lt=${lt}`);
      }
    }

    const page = rows.slice(from, from + Math.min(Number(limit), 100)).filter(row => row.transaction.lt > BigInt(to_lt));
    const repeated = this.#faults.take('duplicate', call.endpoint, account.toRawString());
    return page.flatMap(row => Array(repeated === null ? 1 : 2).fill(formatTransaction(row)));
  }

  async #runGetMethod({ address, method, stack = [] }, call) {
    const answer = (exitCode, items, gas = 0) => ({
      '@type': 'smc.runResult',
      gas_used: gas,
      stack: items,
      exit_code: exitCode,
      block_id: this.#block(call.seqno),
      last_transaction_id: transactionId(0, ''),
    });
    const account = parseAddress(address);
    const state = (await this.#chain.account(account)).account.account?.storage?.state;
    if (state?.type !== 'active') {
      return answer(-13, []);
    }

    try {
      const result = await this.#chain.runGetMethod(account, method, stack.map(parseStackItem));
      return answer(result.exitCode, result.stack.map(formatStackItem), Number(result.gasUsed));
    } catch (error) {
      if (error.exitCode === undefined) {
        throw error;
      }

      return answer(error.exitCode, []);
    }
  }

  async #send(boc, call) {
    const bytes = Buffer.from(boc ?? '', 'base64');
    if (bytes.length > largestExternal) {
      throw new ApiError(500, 'LITE_SERVER_UNKNOWN: external message too large');
    }

    let message;
    try {
      message = loadMessage(Cell.fromBoc(bytes)[0].beginParse());
    } catch {
      throw new ApiError(500, 'LITE_SERVER_UNKNOWN: cannot deserialize the message');
    }

    if (message.info.type !== 'external-in') {
      throw new ApiError(500, 'LITE_SERVER_UNKNOWN: external message must begin with ext_in_msg_info$10');
    }

    const address = message.info.dest.toRawString();
    if (this.#faults.take('drop', call.endpoint, address) !== null) {
      return;
    }

    if (this.#faults.take('hold', call.endpoint, address) !== null) {
      this.#held.push(message);
      return;
    }

    const repeated = this.#faults.take('duplicate', call.endpoint, address);
    try {
      await this.#chain.apply(message);
    } catch (error) {
      throw new ApiError(500, `LITE_SERVER_UNKNOWN: cannot apply external message to current state : External message was not accepted\n${error.exitCode === undefined ? error.message : `exitcode=${error.exitCode}`}`);
    }

    if (repeated !== null) {
      await this.#chain.apply(message).catch(() => {});
    }
  }
}
