// Addresses in texts: which ones may become links, where they end, and where they lead. Only http:, https: and mailto:
// are accepted, however another one is disguised.

/** The target of a link. `host` is the part that a person should see. @typedef {{href: string, host: string}} Address */

const SCHEME = /^(?:https?:\/\/|mailto:)/i;

/** A longer address stays text. */
const ADDRESS_MAX = 2_000;

/** Hosts as they occur. Browsers would accept commas and brackets too. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::\d+)?$/;

/** An address without a scheme, as people write it. */
const WWW = /^www\.[^.\s]+\.[^.\s]/i;

/**
 * The longest possible address: up to white space, quotes, angle brackets, control characters, invisible characters,
 * emoji, or the punctuation of scripts without spaces. It stops one character after the limit.
 */
const RUN = /(?:https?:\/\/|www\.)[^\s<>"`«»\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2018-\u201f\u2028-\u202e\u2060-\u206f\u3000-\u303f\ufe00-\ufe0f\ufeff\uff01-\uff0f\uff1a-\uff20\p{Emoji_Presentation}]{1,2001}/iuy;

const OPENING = new Map([[')', '('], [']', '['], ['}', '{']]);

/** Characters at the end that belong to the sentence, or to marks around the address. */
const TRAILING = /[.,;:!?'*_~…]/;

/**
 * An address that may be a link, or null.
 * @param {string} written
 * @returns {Address | null}
 */
export function address(written) {
  if (written.length > ADDRESS_MAX || !SCHEME.test(written)) return null;
  let url;
  try {
    url = new URL(written);
  } catch {
    return null;
  }
  // `https://bank.example@elsewhere.example` shows one host and leads to another.
  if (url.username || url.password) return null;
  if (url.protocol === 'mailto:') {
    return /^[^@\s]+@[^@\s]+$/.test(url.pathname) ? { href: url.href, host: url.pathname } : null;
  }
  return HOST.test(url.host) ? { href: url.href, host: url.host } : null;
}

/** An address with its scheme, which `www.` implies. @param {string} written */
export function withScheme(written) {
  return WWW.test(written) ? `https://${written}` : written;
}

/**
 * Whether a bare address shows its real host. It does not if the host is written in other letters, in numbers or with
 * escapes.
 * @param {string} written
 * @param {Address} found
 */
export function showsHost(written, { href, host }) {
  const start = `${href.slice(0, href.indexOf(':'))}://${host}`;
  return written.toLowerCase().startsWith(start) && /^(?:$|[/?#:])/.test(written.slice(start.length));
}

/**
 * Where the address ends that begins here, without the punctuation of the sentence.
 * @param {string} text
 * @param {number} at
 * @returns {number} `at` if there is none
 */
export function endOf(text, at) {
  RUN.lastIndex = at;
  const run = RUN.exec(text)?.[0] ?? '';
  /** How many brackets are open, by their opening sign. @type {Record<string, number>} */
  const open = { '(': 0, '[': 0, '{': 0 };
  let end = 0;
  for (; end < run.length; end += 1) {
    const sign = run[end];
    if (sign in open) open[sign] += 1;
    const opening = OPENING.get(sign);
    if (opening) open[opening] -= 1;
    // The end of a link's text, of bold or struck text, or the next address of a list.
    if (open['['] < 0 || run.startsWith('**', end) || run.startsWith('~~', end)) break;
    if ((sign === ',' || sign === ';') && /^(?:https?:|www\.)/i.test(run.slice(end + 1, end + 7))) break;
  }
  if (open['['] < 0) open['['] = 0;
  for (; end > 0; end -= 1) {
    const opening = OPENING.get(run[end - 1]);
    if (opening && open[opening] < 0) open[opening] += 1;
    else if (!TRAILING.test(run[end - 1])) break;
  }
  return at + end;
}
