// Long messages: which ones are folded, and what is shown of them until the person unfolds them.

/** A longer message would fill the screen of a phone. */
const LINES_MAX = 14;
const CHARACTERS_MAX = 1_200;

/** The visible part of a folded message: clearly less than the limits, so that unfolding is worth it. */
const HEAD_LINES = 10;
const HEAD_CHARACTERS = 800;

/** How far back a cut looks for the end of a word, or of a stack of marks. */
const BACK_MAX = 80;

/** Code points that belong to the character before them: marks, joiners, skin tones. */
const TAIL = /^[\p{M}\u200c\u200d\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;

/** @param {string} text */
export function isLongMessage(text) {
  return text.length > CHARACTERS_MAX || lineEnd(text, LINES_MAX) < text.length;
}

/**
 * The beginning of a long text; a short one as it is.
 * @param {string} text
 */
export function messageHead(text) {
  if (!isLongMessage(text)) return text;
  const end = lineEnd(text, HEAD_LINES);
  if (end <= HEAD_CHARACTERS) return text.slice(0, end);
  return `${text.slice(0, wordEnd(text, HEAD_CHARACTERS)).trimEnd()}…`;
}

/** The index at which this many lines end. @param {string} text @param {number} count */
function lineEnd(text, count) {
  let end = -1;
  for (let line = 0; line < count; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text.length;
  }
  return end;
}

/** The end of a word before an index, or at least of a whole character. @param {string} text @param {number} at */
function wordEnd(text, at) {
  for (let end = at; end > at - BACK_MAX; end -= 1) if (/\s/.test(text[end])) return end;
  for (let end = at; end > at - BACK_MAX; end -= 1) if (isBoundary(text, end)) return end;
  return at;
}

/** Whether a text may be cut here. @param {string} text @param {number} at */
function isBoundary(text, at) {
  const code = text.charCodeAt(at);
  if (code >= 0xdc00 && code <= 0xdfff) return false;
  return !TAIL.test(text.slice(at, at + 2)) && text[at - 1] !== '\u200d';
}
