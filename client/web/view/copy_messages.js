// Copying selected messages: the clipboard gets who wrote what and when, with the text as it was written. The browser
// itself would copy what is drawn: without the numbers of lists, with the labels of buttons, and only the beginning of
// a folded message.
//
// A selection within one message is left to the browser.

import { dayKey, timeOfDay } from '../text/time.js';
import { locale } from '../words/translate.js';
import { findElement } from './dom.js';

/**
 * A message, as it is copied.
 * @typedef {{nick: string, at: number, action: boolean, text: string}} Copyable
 */

/** Parts of a message element that its author did not write. */
const NOT_WRITTEN = 'button, .language, .unseen';

/** @param {(line: HTMLElement) => Copyable | null} copyableOf the message of a line of the log; `null` for a separator */
export function listenForCopy(copyableOf) {
  document.addEventListener('copy', (event) => {
    const selection = getSelection();
    const target = /** @type {HTMLElement} */ (event.target);
    if (!selection?.rangeCount || selection.isCollapsed || target.closest?.('input, textarea, dialog')) return;
    const text = copied(selection.getRangeAt(0), copyableOf);
    if (text === null) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  });
}

/**
 * The text of a selection, or `null` when the browser's own is right.
 * @param {Range} range
 * @param {(line: HTMLElement) => Copyable | null} copyableOf
 */
function copied(range, copyableOf) {
  const rows = /** @type {HTMLElement[]} */ ([...findElement('#log ol')?.children ?? []]).filter((row) => range.intersectsNode(row));
  const parts = rows.flatMap((row) => partOf(range, row, copyableOf(row)));
  const said = parts.flatMap((part) => part.said ?? []);
  if (!said.length) return null;
  if (said.length === 1) {
    const [{ text, whole, headed }] = parts.filter((part) => part.said);
    if (!whole) return null;
    if (!headed) return text;
  }
  const days = new Set(said.map(({ at }) => dayKey(at)));
  return parts.map(({ said: by, text }) => (by ? `${headOf(by, days.size > 1)}${text}` : text)).join('\n');
}

/** Who and when. @param {Copyable} said @param {boolean} dated */
function headOf({ nick, at, action }, dated) {
  const time = timeOfDay(at, locale());
  return `[${dated ? `${dayKey(at)} ${time}` : time}] ${action ? `* ${nick} ` : `${nick}: `}`;
}

/**
 * The selected part of a row: of a message its text, as it was written if all of it is selected; of a gap, its
 * sentence.
 * @param {Range} range
 * @param {HTMLElement} row
 * @param {Copyable | null} said
 * @returns {{said?: Copyable, text: string, whole: boolean, headed: boolean}[]}
 */
function partOf(range, row, said) {
  if (!said) return row.matches('.gap') ? [{ text: row.firstElementChild?.textContent ?? '', whole: true, headed: false }] : [];
  const all = document.createRange();
  all.selectNodeContents(findElement('.said', row));
  const part = all.cloneRange();
  if (range.compareBoundaryPoints(Range.START_TO_START, all) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, all) < 0) part.setEnd(range.endContainer, range.endOffset);
  const text = wordsIn(part);
  if (!text) return [];
  const whole = text === wordsIn(all);
  return [{ said, text: whole ? said.text || text : text, whole, headed: range.intersectsNode(findElement('.nick', row)) }];
}

/** The words of a part of a text, each block on separate lines. @param {Range} range */
function wordsIn(range) {
  const piece = range.cloneContents();
  for (const element of piece.querySelectorAll(NOT_WRITTEN)) element.remove();
  for (const block of piece.querySelectorAll('p, li, pre')) block.append('\n');
  return (piece.textContent ?? '').trim();
}
