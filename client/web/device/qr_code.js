// A link as a QR code (ISO/IEC 18004), as far as one link needs it: byte mode, the lowest error correction,
// versions 1 to 6. A longer link gets none. view/device_dialog.js draws it.

/** For each version: the bytes of data, of correction for each block, and how many blocks there are. */
const VERSIONS = [[19, 7, 1], [34, 10, 1], [55, 15, 1], [80, 20, 1], [108, 26, 1], [136, 18, 2]];

/** Which modules a mask turns. @type {((y: number, x: number) => boolean)[]} */
const MASKS = [
  (y, x) => (y + x) % 2 === 0, (y) => y % 2 === 0, (_, x) => x % 3 === 0, (y, x) => (y + x) % 3 === 0,
  (y, x) => ((y >> 1) + Math.floor(x / 3)) % 2 === 0, (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0, (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/**
 * @param {string} text
 * @param {number} [mask] for tests; without it, the one with the fewest squares of one colour
 * @returns {boolean[][] | null} rows of modules, true is dark; `null`: the text is too long
 */
export function qrCode(text, mask) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = VERSIONS.findIndex(([data]) => bytes.length + 2 <= data) + 1;
  if (!version) return null;
  const all = MASKS.map((_, at) => drawn(version, codewords(bytes, VERSIONS[version - 1]), at));
  return mask === undefined ? all.sort((one, other) => flat(one) - flat(other))[0] : all[mask];
}

/** Data and correction, in the order in which they are drawn. @param {number[]} bytes @param {number[]} version */
function codewords(bytes, [size, correction, blocks]) {
  // The mode "bytes" and their number take twelve bits: all others are moved by four.
  const data = [0x40 | (bytes.length >> 4)];
  for (const [at, byte] of [bytes.length, ...bytes].entries()) data.push(((byte << 4) & 0xff) | ((bytes[at] ?? 0) >> 4));
  for (let pad = 0xec; data.length < size; pad ^= 0xfd) data.push(pad);
  const parts = Array.from({ length: blocks }, (_, at) => data.slice((at * size) / blocks, ((at + 1) * size) / blocks));
  const woven = (/** @type {number[][]} */ lists) => lists[0].flatMap((_, at) => lists.map((list) => list[at]));
  return [...woven(parts), ...woven(parts.map((part) => remainder(part, correction)))];
}

/** The correction of Reed and Solomon. @param {number[]} data @param {number} count */
function remainder(data, count) {
  let generator = [1];
  for (let root = 1, at = 0; at < count; at += 1, root = times(root, 2)) {
    generator = [...generator, 0].map((value, index) => value ^ times(generator[index - 1] ?? 0, root));
  }
  const rest = Array(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    for (let at = 0; at < count; at += 1) rest[at] ^= times(generator[at + 1], factor);
  }
  return rest;
}

/** The product in the field of 256 elements. @param {number} one @param {number} other */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((other >> bit) & 1) * one);
  return product;
}

/** @param {number} version @param {number[]} words @param {number} mask @returns {boolean[][]} */
function drawn(version, words, mask) {
  const size = 17 + 4 * version;
  /** @type {(boolean | undefined)[][]} */
  const rows = Array.from({ length: size }, () => Array(size).fill(undefined));
  const put = (/** @type {number} */ y, /** @type {number} */ x, /** @type {boolean} */ dark) => {
    if (rows[y]?.length > x && x >= 0) rows[y][x] = dark;
  };
  /** Squares round a middle: each ring of one colour. @param {number} y @param {number} x @param {number} reach @param {string} rings */
  const rings = (y, x, reach, rings) => {
    for (let down = -reach; down <= reach; down += 1) {
      for (let right = -reach; right <= reach; right += 1) put(y + down, x + right, rings[Math.max(Math.abs(down), Math.abs(right))] === '1');
    }
  };
  for (let at = 8; at < size - 8; at += 1) {
    put(6, at, at % 2 === 0);
    put(at, 6, at % 2 === 0);
  }
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) rings(y, x, 4, '11010');
  if (version > 1) rings(size - 7, size - 7, 2, '101');
  format(size, mask, put);
  fill(rows, words, mask);
  return /** @type {boolean[][]} */ (rows);
}

/** Which correction and which mask: fifteen bits, twice. @param {number} size @param {number} mask @param {(y: number, x: number, dark: boolean) => void} put */
function format(size, mask, put) {
  const data = 8 | mask;
  let rest = data << 10;
  for (let bit = 14; bit >= 10; bit -= 1) if ((rest >> bit) & 1) rest ^= 0x537 << (bit - 10);
  const bits = ((data << 10) | rest) ^ 0x5412;
  for (let at = 0; at < 15; at += 1) {
    const dark = ((bits >> at) & 1) === 1;
    // Down the left and along the top, past the line of timing.
    put(at < 6 ? at : at < 8 ? at + 1 : size - 15 + at, 8, dark);
    put(8, at < 8 ? size - 1 - at : at < 9 ? 7 : 14 - at, dark);
  }
  put(size - 8, 8, true);
}

/** Writes the words in columns of two, up and down from the right, past what is there. @param {(boolean | undefined)[][]} rows @param {number[]} words @param {number} mask */
function fill(rows, words, mask) {
  const { length: size } = rows;
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right -= 1;
    for (let step = 0; step < size; step += 1) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (rows[y][x] !== undefined) continue;
        const dark = ((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
        rows[y][x] = (dark === 1) !== MASKS[mask](y, x);
        at += 1;
      }
    }
  }
}

/** How many squares of four modules have one colour: readers lose their way in them. @param {boolean[][]} rows */
function flat(rows) {
  let count = 0;
  for (let y = 1; y < rows.length; y += 1) {
    for (let x = 1; x < rows.length; x += 1) {
      const [a, b, c, d] = [rows[y][x], rows[y - 1][x], rows[y][x - 1], rows[y - 1][x - 1]];
      if (a === b && b === c && c === d) count += 1;
    }
  }
  return count;
}
