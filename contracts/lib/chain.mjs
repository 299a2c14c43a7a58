// The sandbox's chain (the real TVM in one process) with the development network's id, and a short way to send and to look.
import { beginCell, Dictionary } from '@ton/core';
import { Blockchain, createShardAccount } from '@ton/sandbox';

/** Config param 19 of a chain that is neither mainnet (-239) nor testnet (-3): what a test signs is void on both. */
export const DevelopmentNetwork = -1000;

const GlobalIdParam = 19;
const BasechainGasParam = 21;

/** A chain's configuration with some of its parameters put in place of others. */
function withParameters(config, changes) {
  const parameters = config.beginParse().loadDictDirect(Dictionary.Keys.Int(32), Dictionary.Values.Cell());
  for (const [number, cell] of changes) {
    parameters.set(number, cell);
  }

  return beginCell().storeDictDirect(parameters).endCell();
}

/** A chain at a fixed time. */
export async function createChain({ now = 1_764_000_000, networkId = DevelopmentNetwork } = {}) {
  const blockchain = await Blockchain.create();
  blockchain.setConfig(withParameters(blockchain.config, [[GlobalIdParam, beginCell().storeInt(networkId, 32).endCell()]]));
  blockchain.now = now;
  return blockchain;
}

/** Sets what a unit of gas costs in the basechain, in nano times 2^16. */
export function setGasPrice(blockchain, price) {
  const parameters = blockchain.config.beginParse().loadDictDirect(Dictionary.Keys.Int(32), Dictionary.Values.Cell());
  const old = parameters.get(BasechainGasParam).beginParse();
  const changed = beginCell().storeBits(old.loadBits(8 + 64 + 64 + 8)).storeUint(price, 64);
  old.skip(64);
  blockchain.setConfig(withParameters(blockchain.config, [[BasechainGasParam, changed.storeSlice(old).endCell()]]));
}

/** Balance in nano. */
export const balanceOf = async (blockchain, address) => (await blockchain.getContract(address)).balance;

/** Puts a contract on the chain without a message, as if it had been there. */
export const putContract = (blockchain, { address, init, balance }) =>
  blockchain.setShardAccount(address, createShardAccount({ address, code: init.code, data: init.data, balance }));

/** What a message did: the first transaction of the contract it went to. */
export class Outcome {
  constructor(result, address) {
    this.transactions = result.transactions;
    const hash = BigInt('0x' + address.hash.toString('hex'));
    this.transaction = result.transactions.find(transaction => transaction.address === hash);
    const { computePhase, actionPhase, bouncePhase } = this.transaction.description;
    this.exit = computePhase.type === 'vm' ? computePhase.exitCode : computePhase.reason;
    this.action = actionPhase?.resultCode ?? null;
    this.bounced = bouncePhase !== undefined && bouncePhase !== null;
    this.gas = computePhase.type === 'vm' ? computePhase.gasUsed : 0n;
    this.ok = this.exit === 0 && this.action === 0 && !this.transaction.description.aborted;
  }

  /** Messages that the contract sent, with their op. */
  get sent() {
    return [...this.transaction.outMessages.values()].map(message => {
      const body = message.body.beginParse();
      return {
        to: message.info.dest,
        value: message.info.value.coins,
        op: body.remainingBits >= 32 ? body.loadUint(32) : null,
        body,
      };
    });
  }
}

/** Sends a message from a treasury. */
export async function send(from, to, value, body, init) {
  return new Outcome(await from.send({ to, value, body, init, bounce: true }), to);
}
