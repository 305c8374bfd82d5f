// The part of the address behind `#`: a room, one message of it, or a secret: the code that makes another device
// the same person, an invitation, or what sets a new password. `#lobby`, `#lobby/4711`, `#device=ABCDE-FGHJK`,
// `#invite=SECRET`, `#reset=SECRET`, `#room=SECRET`, which leads into a room. It reaches no server and no log of one.

import { ROOM_MAX } from '../text/names.js';

/** A character takes at most 12 characters when it is encoded: a longer name is not the name of a room. */
const ENCODED_MAX = ROOM_MAX * 12;

/**
 * Parses the part of an address that begins with `#`.
 * @param {string} hash
 * @returns {import('../store/state.js').LinkTarget | null} the room as `#name`; `null` when it names none
 */
export function parseHash(hash) {
  const [, encoded, digits] = /^#([^/]+)(?:\/([0-9]{1,16}))?\/?$/.exec(hash) ?? [];
  // A link with a secret names no room, whatever it carries.
  if (!encoded || encoded.length > ENCODED_MAX || OFFER.test(hash)) return null;
  try {
    const name = decodeURIComponent(encoded).trim().replace(/^#/, '');
    const seq = Number(digits);
    return name ? { room: `#${name}`, seq: seq > 0 && Number.isSafeInteger(seq) ? seq : null } : null;
  } catch {
    return null; // a % that does not begin a character
  }
}

/**
 * @param {string} name of the room
 * @param {number | null} [seq]
 */
export function formatHash(name, seq = null) {
  return `#${encodeURIComponent(name)}${seq === null ? '' : `/${seq}`}`;
}

/** Ten letters and digits that are not mistaken for each other (Crockford's base 32). */
const CODE = /^[0-9A-HJKMNP-TV-Z]{10}$/;

/**
 * A code in its normal spelling, or null. Case, spaces and hyphens do not matter, and a whole link is fine.
 * @param {string} typed
 * @returns {string | null}
 */
export function parseCode(typed) {
  const bare = typed.replace(/^.*#device=/s, '').replace(/[\s-]/g, '').toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0');
  return CODE.test(bare) ? `${bare.slice(0, 5)}-${bare.slice(5)}` : null;
}

/** A link that brings a secret: of another device, an invitation, for a new password, or into a room. */
const OFFER = /^#(device|invite|reset|room)=(.*)$/s;

/**
 * The code in the address, if the address is a link from another device; of other links with a secret their kind too,
 * as in `invite=SECRET`.
 * @param {string} hash the part of the address that begins with `#`
 * @returns {string | null} the code, or what is written in its place
 */
export function codeInHash(hash) {
  const [, kind, encoded] = OFFER.exec(hash) ?? [];
  if (kind === undefined) return null;
  if (kind !== 'device') return `${kind}=${encoded}`;
  try {
    const given = decodeURIComponent(encoded);
    return parseCode(given) ?? given;
  } catch {
    return encoded;
  }
}

/** @param {string} address of the page @param {string} code */
export function deviceLinkUrl(address, code) {
  return `${address.replace(/[?#].*$/s, '')}#device=${code}`;
}
