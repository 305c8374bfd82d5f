// Waiting: until it is so, and not for so long.

/** How long a test waits for something that must come. Only a failing test waits so long: a machine that does other things must never turn a test red. */
export const PATIENCE_MS = 60_000;

/** The pause between two looks only saves CPU time; the answer does not depend on it. */
const PAUSE_MS = 25;

/**
 * Looks again and again until something is so.
 * @template T
 * @param {string} what must become so
 * @param {() => T | Promise<T>} look gives what is so now
 * @param {(found: Awaited<T>) => boolean} [isSo]
 * @returns {Promise<Awaited<T>>} what was found when it was so
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
