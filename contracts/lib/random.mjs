/** Repeatable chance: the same seed plays the same game (mulberry32). */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** 32 random bits. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer below `limit`. */
  below(limit) {
    return this.next() % limit;
  }

  /** True once in `times`. */
  chance(times) {
    return this.below(times) === 0;
  }

  pick(choices) {
    return choices[this.below(choices.length)];
  }

  /** A bigint below `limit`. */
  nano(limit) {
    return ((BigInt(this.next()) << 32n) | BigInt(this.next())) % limit;
  }
}
