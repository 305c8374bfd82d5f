// Chance that a seed repeats.

import { createHash } from 'node:crypto';

export class Chance {
  #drawn = 0;

  /** @param {string} seed */
  constructor(seed) {
    this.seed = seed;
  }

  /** A whole number from 0 to below this. @param {number} bound */
  below(bound) {
    return createHash('sha256').update(`${this.seed} ${this.#drawn++}`).digest().readUInt32BE() % bound;
  }

  /** One of these. @template T @param {T[]} some @returns {T} */
  of(some) {
    return some[this.below(some.length)];
  }
}
