// The place that the address bar names: a room, or one message of it. `#lobby`, `#lobby/4711`.
//
// main.js reads it at the beginning and whenever it changes, and writes what is shown.

/** @typedef {{room: string, seq: number | null}} Place */

/** Longer ones are no name of a room: 48 characters, each of up to 12 once they are encoded. */
const NAME_MAX = 48 * 12;

/**
 * Reads the part of an address that begins with `#`. What is no place is nothing.
 * @param {string} hash
 * @returns {Place | null}
 */
export function readPlace(hash) {
  const [, encoded, digits] = /^#([^/]+)(?:\/([0-9]{1,16}))?\/?$/.exec(hash) ?? [];
  if (!encoded || encoded.length > NAME_MAX) return null;
  try {
    const room = decodeURIComponent(encoded);
    const seq = Number(digits);
    return room.trim() ? { room, seq: seq > 0 && Number.isSafeInteger(seq) ? seq : null } : null;
  } catch {
    return null; // a % that begins no character
  }
}

/**
 * @param {string} room
 * @param {number | null} [seq]
 */
export function writePlace(room, seq = null) {
  return `#${encodeURIComponent(room)}${seq === null ? '' : `/${seq}`}`;
}
