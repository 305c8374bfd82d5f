// An authenticator app: the codes of a secret (TOTP, RFC 6238, with SHA-1, six digits and thirty seconds).

import { createHmac } from 'node:crypto';

const STEP_S = 30;
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * @param {string} secret in base 32
 * @param {number} [later] how many steps from now
 */
export function codeOf(secret, later = 0) {
  const bits = [...secret.replace(/\s/g, '')].map((digit) => BASE_32.indexOf(digit).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1_000 / STEP_S) + later));
  const hash = createHmac('sha1', key).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
