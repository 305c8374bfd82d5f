// Texts as nodes: what markdown.js has read, built without ever reading markup.
//
// view/message.js asks. Texts become text nodes, and only addresses that markdown/address.js has let
// through become links. Blocks take their direction from what is in them, and so do nicks, rooms and
// links within, each held apart: nothing that somebody wrote turns its neighbours round.

import { parse } from '../markdown.js';
import { t } from '../words.js';
import { make } from './make.js';

/** @typedef {import('../markdown.js').Block} Block */
/** @typedef {import('../markdown.js').Inline} Inline */
/** @typedef {{me: string | null, onRoom?: (name: string) => void}} Options */

/** Invisible signs that turn what follows them. They reach to the end of the text that they stand in. */
const DIRECTIONS = /([\u202a-\u202e\u2066-\u2069])/;

/**
 * The nodes of a text. Without `onRoom` a room's link changes the address, which leads there too.
 * @param {string} text
 * @param {Options} options
 * @returns {Node[]}
 */
export function render(text, options) {
  const { large, children } = parse(text, { me: options.me });
  return children.map((block) => {
    const node = blockNode(block, options);
    // What is within follows the whole: a browser that looks for the direction of a list passes over
    // items that set their own.
    if (block.type !== 'fence') node.dir = 'auto';
    if (large) node.className = 'large';
    return node;
  });
}

/** @param {Block} block @param {Options} options @returns {HTMLElement} */
function blockNode(block, options) {
  switch (block.type) {
    case 'fence': return fenceNode(block);
    case 'quote': return make('blockquote', {}, ...block.children.map((child) => blockNode(child, options)));
    case 'list': return make(block.ordered ? 'ol' : 'ul', {}, ...block.items.map((item) => itemNode(item, options)));
    default: return make('p', {}, ...inlineNodes(block.children, options));
  }
}

/** @param {import('../markdown.js').Item} item @param {Options} options */
function itemNode({ number, children }, options) {
  return make('li', { value: number }, ...children.flatMap((child, at) =>
    // A line of its own needs no paragraph.
    (at === 0 && child.type === 'paragraph' ? inlineNodes(child.children, options) : [blockNode(child, options)])));
}

/**
 * Code runs from left to right, whatever its comments are written in. It can be scrolled sideways,
 * so the keyboard has to reach it.
 * @param {Extract<Block, {type: 'fence'}>} block
 */
function fenceNode({ language, text }) {
  const label = language ? t('code.of', { language }) : t('code.text');
  return make('div', { className: 'code', dir: 'ltr' },
    language && make('span', { className: 'language', textContent: language }),
    make('button', { type: 'button', data: { act: 'copy' }, textContent: t('code.copy') }),
    make('pre', { tabIndex: 0, role: 'region', aria: { label } }, make('code', {}, ...codeNodes(text))));
}

/**
 * Code stands in the order in which it runs: a sign that would turn it is shown, and held in an
 * element of its own, where it turns nothing. What is copied still has it.
 * @param {string} text
 */
function codeNodes(text) {
  return text.split(DIRECTIONS).map((part, at) => (at % 2 ? make('bdi', { className: 'turn', textContent: part }) : part));
}

/** @param {Inline[]} nodes @param {Options} options @returns {(Node | string)[]} */
function inlineNodes(nodes, options) {
  return nodes.flatMap((node) => {
    switch (node.type) {
      case 'plain': return [DIRECTIONS.test(node.text) ? make('bdi', { textContent: node.text }) : node.text];
      // Elements for lines would be most of those in a long text; white space is kept as it is.
      case 'break': return ['\n'];
      case 'code': return [make('code', { dir: 'auto' }, ...codeNodes(node.text))];
      case 'room': return [roomNode(node.name, options)];
      case 'mention': return [make(node.own ? 'mark' : 'span', { className: node.own ? 'mention' : 'nick', dir: 'auto', textContent: node.text })];
      case 'link': return linkNodes(node, options);
      default: return [make(TAGS[node.type], {}, ...inlineNodes(node.children, options))];
    }
  });
}

const TAGS = { strong: 'strong', emphasis: 'em', struck: 's' };

/**
 * A link, and behind it where it leads unless its own text shows that: a name that looks like
 * another address deceives nobody. `host` is in ASCII, as the browser will go there.
 * @param {Extract<Inline, {type: 'link'}>} link
 * @param {Options} options
 */
function linkNodes({ href, host, children }, options) {
  const link = make('a', {
    href, target: '_blank', rel: 'noopener noreferrer nofollow', title: t('link.leads', { address: href }),
    dir: host === null ? 'ltr' : 'auto',
  }, ...inlineNodes(children, options));
  return host === null ? [link] : [link, ' ', make('span', { className: 'host', dir: 'ltr', textContent: `(${host})` })];
}

/** @param {string} name @param {Options} options */
function roomNode(name, { onRoom }) {
  const link = make('a', { className: 'room', href: `#${encodeURIComponent(name)}`, dir: 'auto', textContent: `#${name}` });
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
