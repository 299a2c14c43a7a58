// What goes wrong with the next calls: each fault is for an endpoint, an address, both or neither, and ends after so many times.

export class Faults {
  #waiting = [];

  /** `kind`: hold, fail, drop, stale, duplicate, lie or liehead. */
  add(kind, { endpoint, address, times, ...details }) {
    this.#waiting.push({ kind, endpoint, address, times, ...details });
  }

  /** The first fault of a kind that is for this call, which uses it up by one. */
  take(kind, endpoint, address) {
    const index = this.#waiting.findIndex(
      fault =>
        fault.kind === kind &&
        (fault.endpoint === undefined || fault.endpoint === endpoint) &&
        (fault.address === undefined || fault.address === address),
    );
    if (index < 0) {
      return null;
    }

    const fault = this.#waiting[index];
    fault.times--;
    if (fault.times === 0) {
      this.#waiting.splice(index, 1);
    }

    return fault;
  }

  clear() {
    this.#waiting = [];
  }
}
