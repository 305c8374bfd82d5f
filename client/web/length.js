// How much more may be said: the server counts bytes of UTF-8, a person counts characters. Pure.

const ENCODER = new TextEncoder();

/** From this many bytes before the limit on, the person is told how many are left. */
const NEAR_BYTES = 300;

/**
 * Where a text stands with respect to the limit: `null` far below it, else how many bytes are
 * left, or by how many characters, counted from the end, it is too long.
 * @param {string} text
 * @param {number} bytesMax
 * @returns {null | {left: number} | {over: number}}
 */
export function space(text, bytesMax) {
  // A character of UTF-16 has three bytes at most: nothing to count in a short text.
  if (text.length * 3 <= bytesMax - NEAR_BYTES) return null;
  const bytes = ENCODER.encode(text).length;
  if (bytes > bytesMax) return { over: surplus(text, bytes - bytesMax) };
  return bytes > bytesMax - NEAR_BYTES ? { left: bytesMax - bytes } : null;
}

/** How many characters at the end hold so many bytes. @param {string} text @param {number} bytes */
function surplus(text, bytes) {
  let count = 0;
  for (const character of [...text].reverse()) {
    if (bytes <= 0) break;
    bytes -= ENCODER.encode(character).length;
    count += 1;
  }
  return count;
}
