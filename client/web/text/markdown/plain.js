// A text as one line without formatting, for notifications and screen readers.

import { parse } from '../markdown.js';

/** @typedef {import('./tree.js').Inline} Inline */
/** @typedef {import('./tree.js').Block} Block */

/** Invisible characters that set directions. They are removed where no element isolates them. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;

/** @param {string} text @returns {string} */
export function plain(text) {
  return blocksPlain(parse(text).children).replace(DIRECTIONS, '').replace(/\s+/g, ' ').trim();
}

/** @param {Block[]} blocks @returns {string} */
function blocksPlain(blocks) {
  return blocks.map((block) => {
    if (block.type === 'paragraph') return inlinePlain(block.children);
    if (block.type === 'fence') return block.text;
    if (block.type === 'quote') return `“${blocksPlain(block.children)}”`;
    if (block.type === 'table') return [block.head, ...block.rows].map((row) => row.map(inlinePlain).join(' | ')).join('; ');
    return block.items.map(({ number, children }) =>
      `${number === null ? '•' : `${number}.`} ${blocksPlain(children)}`).join(' ');
  }).join(' ');
}

/** @param {Inline[]} nodes @returns {string} */
function inlinePlain(nodes) {
  return nodes.map((node) => {
    if (node.type === 'break') return ' ';
    if (node.type === 'room') return `#${node.name}`;
    if (node.type === 'link') return inlinePlain(node.children) + (node.host ? ` (${node.host})` : '');
    return 'children' in node ? inlinePlain(node.children) : node.text;
  }).join('');
}
