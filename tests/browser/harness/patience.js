// Waiting until something is true, but not forever.

/** How long a test waits for something that must come. Only a failing test waits this long: a machine that is busy with other things must never make a test fail. */
export const PATIENCE_MS = 60_000;

/** The pause between two checks only saves CPU time; the result does not depend on it. */
const PAUSE_MS = 25;

/**
 * Checks again and again until something is true.
 * @template T
 * @param {string} what must become true
 * @param {() => T | Promise<T>} look returns the current state
 * @param {(found: Awaited<T>) => boolean} [isSo]
 * @returns {Promise<Awaited<T>>} the state when it was true
 */
export async function eventually(what, look, isSo = Boolean) {
  const start = Date.now();
  for (;;) {
    const found = await look();
    if (isSo(found)) return found;
    if (Date.now() - start > PATIENCE_MS) {
      throw new Error(`after ${PATIENCE_MS / 1_000} s still not so: ${what}; it is ${JSON.stringify(found)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
