// The tree of a text (text/markdown.js) as DOM nodes.
//
// Texts become text nodes, and only addresses that text/markdown/address.js accepts become links. Each block takes its
// direction from its content, and so does each nick, room and link inside, isolated from its neighbours: no message
// can turn the direction of what stands beside it.

import { parse } from '../text/markdown.js';
import { t } from '../words/translate.js';
import { createElement } from './dom.js';

/** @typedef {import('../text/markdown/tree.js').Block} Block */
/** @typedef {import('../text/markdown/tree.js').Inline} Inline */
/** @typedef {{me: string | null, words?: boolean, onRoom?: (name: string) => void}} Options */

/** Invisible characters that change the direction of the text after them. */
const DIRECTIONS = /([\u202a-\u202e\u2066-\u2069])/;

/**
 * The nodes of a text. Without `onRoom` a room's link changes the address, which has the same effect.
 * @param {string} text
 * @param {Options} options
 * @returns {Node[]}
 */
export function markdownNodes(text, options) {
  const { large, children } = parse(text, options);
  return children.map((block) => {
    const node = blockNode(block, options);
    // Items have no `dir`: a browser that determines the direction of a list skips those that do.
    if (block.type !== 'fence') node.dir = 'auto';
    if (large) node.className = 'large';
    return node;
  });
}

/** @param {Block} block @param {Options} options @returns {HTMLElement} */
function blockNode(block, options) {
  switch (block.type) {
    case 'fence': return fenceNode(block);
    case 'quote': return createElement('blockquote', {}, ...block.children.map((child) => blockNode(child, options)));
    case 'table': return tableNode(block, options);
    case 'list': return createElement(block.ordered ? 'ol' : 'ul', {}, ...block.items.map((item) => itemNode(item, options)));
    default: return createElement('p', {}, ...inlineNodes(block.children, options));
  }
}

/** @param {import('../text/markdown/tree.js').Item} item @param {Options} options */
function itemNode({ number, children }, options) {
  return createElement('li', { value: number }, ...children.flatMap((child, at) =>
    // A single line needs no paragraph.
    (at === 0 && child.type === 'paragraph' ? inlineNodes(child.children, options) : [blockNode(child, options)])));
}

/**
 * A table that is wider than the log scrolls sideways, so the keyboard has to reach it.
 * @param {Extract<Block, {type: 'table'}>} table @param {Options} options
 */
function tableNode({ align, head, rows }, options) {
  const row = (/** @type {string} */ tag, /** @type {Inline[][]} */ cells) => createElement('tr', {}, ...cells.map((cell, at) =>
    createElement(tag, { dir: 'auto', className: align[at] ?? '', scope: tag === 'th' ? 'col' : null }, ...inlineNodes(cell, options))));
  return createElement('div', { className: 'table', tabIndex: 0, role: 'region', aria: { label: t('table.label') } },
    createElement('table', {}, createElement('thead', {}, row('th', head)), createElement('tbody', {}, ...rows.map((cells) => row('td', cells)))));
}

/**
 * Code runs from left to right, in whatever language its comments are. It can scroll sideways, so the keyboard has
 * to reach it.
 * @param {Extract<Block, {type: 'fence'}>} block
 */
function fenceNode({ language, text }) {
  const label = language ? t('code.of', { language }) : t('code.text');
  return createElement('div', { className: 'code', dir: 'ltr' },
    language && createElement('span', { className: 'language', textContent: language }),
    createElement('button', { type: 'button', data: { act: 'copy' }, textContent: t('code.copy') }),
    createElement('pre', { tabIndex: 0, role: 'region', aria: { label } }, createElement('code', {}, ...codeNodes(text))));
}

/**
 * Code is shown in the order in which it runs: a character that would change its direction becomes visible, in an
 * element that isolates it. A copy of the code still has the character.
 * @param {string} text
 */
function codeNodes(text) {
  return text.split(DIRECTIONS).map((part, at) => (at % 2 ? createElement('bdi', { className: 'turn', textContent: part }) : part));
}

/** @param {Inline[]} nodes @param {Options} options @returns {(Node | string)[]} */
function inlineNodes(nodes, options) {
  return nodes.flatMap((node) => {
    switch (node.type) {
      case 'plain': return [DIRECTIONS.test(node.text) ? createElement('bdi', { textContent: node.text }) : node.text];
      // A line break needs no element, because the style keeps white space.
      case 'break': return ['\n'];
      case 'code': return [createElement('code', { dir: 'auto' }, ...codeNodes(node.text))];
      case 'room': return [roomNode(node.name, options)];
      case 'mention': return [createElement(node.own ? 'mark' : 'span', { className: node.own ? 'mention' : 'nick', dir: 'auto', textContent: node.text })];
      case 'link': return linkNodes(node, options);
      default: return [createElement(TAGS[node.type], {}, ...inlineNodes(node.children, options))];
    }
  });
}

const TAGS = { strong: 'strong', emphasis: 'em', struck: 's' };

/**
 * A link, followed by its host unless its text shows it, so that a text that looks like another address deceives
 * nobody. `host` is in ASCII, as the browser uses it.
 * @param {Extract<Inline, {type: 'link'}>} link
 * @param {Options} options
 */
function linkNodes({ href, host, children }, options) {
  const link = createElement('a', {
    href, target: '_blank', rel: 'noopener noreferrer nofollow', title: t('link.leads', { address: href }),
    dir: host === null ? 'ltr' : 'auto',
  }, ...inlineNodes(children, options));
  return host === null ? [link] : [link, ' ', createElement('span', { className: 'host', dir: 'ltr', textContent: `(${host})` })];
}

/** @param {string} name @param {Options} options */
function roomNode(name, { onRoom }) {
  const link = createElement('a', { className: 'room', href: `#${encodeURIComponent(name)}`, dir: 'auto', textContent: `#${name}` });
  if (onRoom) {
    link.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      // With a key held down the browser opens another tab.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      onRoom(name);
    });
  }
  return link;
}
