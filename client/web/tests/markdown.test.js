// Markdown: the examples, what may never happen to a text, and what it may cost.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { domainToUnicode } from 'node:url';
import { parse } from '../text/markdown.js';
import { plain } from '../text/markdown/plain.js';
import { address } from '../text/markdown/address.js';

/** @typedef {import('../text/markdown/tree.js').Block} Block */
/** @typedef {import('../text/markdown/tree.js').Inline} Inline */

const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const examples = read('golden/markdown.json');
const hostile = read('corpus/hostile.json');

/** The longest text that the server takes. */
const BYTES_MAX = 4096;

/** @param {string} repeat @param {number} [bytes] */
function bomb(repeat, bytes = BYTES_MAX) {
  return repeat.repeat(Math.floor(bytes / Buffer.byteLength(repeat)));
}

/** Every hostile string of the corpus, the bombs in full. */
const attacks = [
  ...['texts', 'names', 'files'].flatMap((kind) => hostile[kind]),
  ...hostile.bombs.map((/** @type {any} */ { name, repeat }) => ({ name, text: bomb(repeat) })),
  ...hostile.bombs.map((/** @type {any} */ { name, repeat }) => ({ name: `${name}, mirrored`, text: bomb(repeat, 2000) + bomb([...repeat].reverse().join(''), 2000) })),
];

/**
 * All inline nodes of a tree, and how deep they lie.
 * @param {(Block | Inline)[]} nodes @param {number} [depth]
 * @returns {Generator<[any, number]>}
 */
function* walk(nodes, depth = 1) {
  for (const node of nodes) {
    yield [node, depth];
    if ('children' in node) yield* walk(node.children, depth + 1);
    if (node.type === 'list') for (const item of node.items) yield* walk(item.children, depth + 1);
    if (node.type === 'table') yield* walk([node.head, ...node.rows].flat(2), depth + 1);
  }
}

/** What a tree shows, in order; behind a name, where it leads. @param {any[]} nodes @returns {string} */
function content(nodes) {
  return nodes.map((node) => {
    if (node.type === 'list') return node.items.map((/** @type {any} */ item) => content(item.children)).join(' ');
    if (node.type === 'table') return [node.head, ...node.rows].flat().map(content).join(' ');
    if (node.type === 'fence') return `${node.language} ${node.text}`;
    if (node.type === 'break') return '\n';
    if (node.type === 'room') return `#${node.name}`;
    if (!node.children) return node.text;
    const inside = content(node.children);
    return node.type === 'link' && !isBare(inside, node.href) ? `${inside} ${asTyped(node.href)}` : inside;
  }).join(' ');
}

/** An address without what the browser makes of letters outside of ASCII. @param {string} href */
function asTyped(href) {
  const { host } = new URL(href);
  return decodeURI(href).replace(host, domainToUnicode(host) || host);
}

/** @param {string} text @param {string} href */
function isBare(text, href) {
  try {
    return new URL(/^www\./i.test(text) ? `https://${text}` : text).href === href;
  } catch {
    return false;
  }
}

for (const { name, text, words, tree, large = false, plain: line } of examples) {
  test(`example: ${name}`, () => {
    assert.deepEqual(parse(text, { me: 'ana', words }), { type: 'text', large, children: tree });
    assert.equal(plain(text), line);
  });
}

test('every mark of the corpus leaves links to pages and mailboxes alone', () => {
  assert.ok(attacks.length > 200);
  for (const { name, text } of attacks) {
    for (const [node] of walk(parse(text, { me: 'ana', words: true }).children)) {
      if (node.type !== 'link') continue;
      assert.match(node.href, /^(?:https?:\/\/[!-~]+|mailto:[!-~]+)$/, name);
      const url = new URL(node.href);
      assert.ok(!url.username && !url.password, name);
      // What is shown of the host is what the browser goes to, in ASCII.
      if (node.host !== null) assert.ok(node.host === url.host || node.host === url.pathname, name);
      else assert.ok([`${url.protocol}//${url.host}`, url.host].some((start) => content(node.children).toLowerCase().startsWith(start)), name);
    }
  }
});

test('no disguise makes a link of javascript: or data:', () => {
  for (const { name, text } of hostile.texts.filter((/** @type {any} */ one) => /^(?:javascript|data|other schemes|addresses without)/.test(one.name))) {
    for (const [node] of walk(parse(text).children)) {
      if (node.type === 'link') assert.match(new URL(node.href).hostname, /^(?:javascript|x\.example)$/, name);
    }
  }
});

test('an address of another scheme is none, whoever asks', () => {
  for (const written of ['javascript:x', 'JAVASCRIPT://x.example', ' https://x.example', 'java\nscript:x', 'data:text/html,x', 'ftp://x.example', 'https:x.example',
    'blob:https://x.example/1', 'https://a@x.example', 'https://a:b@x.example', 'https://', 'https://a,b', 'https://x.example;y', 'https://[::1', 'mailto:', 'mailto:x.example', `https://x.example/${'a'.repeat(2000)}`]) {
    assert.equal(address(written), null, written);
  }
  assert.deepEqual(address('HTTPS://X.Example/a'), { href: 'https://x.example/a', host: 'x.example' });
  assert.deepEqual(address('http://[::1]:8080/')?.host, '[::1]:8080');
  assert.deepEqual(address('mailto:ana@x.example'), { href: 'mailto:ana@x.example', host: 'ana@x.example' });
});

test('trees are flat: no attack goes deeper than six blocks and eight marks, and no link holds a link', () => {
  let deepest = 0;
  for (const { name, text } of attacks) {
    for (const [node, depth] of walk(parse(text, { me: 'ana', words: true }).children)) {
      deepest = Math.max(deepest, depth);
      assert.ok(depth <= 20, `${name}: ${depth}`);
      if (node.type === 'link') for (const [inner] of walk(node.children)) assert.ok(!['link', 'room'].includes(inner.type), name);
    }
  }
  // The bound is met, so there is something to bound.
  assert.ok(deepest > 5);
});

test('a text has at most three hundred things within its lines, and the rest is text', () => {
  let most = 0;
  for (const { name, text } of attacks) {
    const { children } = parse(text, { me: 'ana', words: true });
    const count = [...walk(children)].filter(([{ type }]) => !['plain', 'break', 'paragraph', 'fence', 'quote', 'list', 'table'].includes(type)).length;
    assert.ok(count <= 300, `${name}: ${count}`);
    most = Math.max(most, count);
  }
  assert.equal(most, 300);
  const last = /** @type {any} */ (parse(`${'`a` '.repeat(300)}**b**\n*c*`).children[0]).children.slice(-3);
  assert.deepEqual(last, [{ type: 'plain', text: ' **b**' }, { type: 'break' }, { type: 'plain', text: '*c*' }]);
});

test('the cost grows with the text and no faster', () => {
  for (const { name, repeat } of hostile.bombs) {
    const cost = (/** @type {number} */ bytes) => {
      const meter = { steps: 0 };
      const text = bomb(repeat, bytes);
      parse(text, { me: 'ana', words: true, meter });
      return meter.steps / text.length;
    };
    const [short, long] = [cost(BYTES_MAX), cost(8 * BYTES_MAX)];
    assert.ok(short > 1, name);
    assert.ok(short < 60, `${name}: ${short.toFixed(1)} steps a character`);
    assert.ok(long < 1.2 * short + 1, `${name}: ${short.toFixed(1)} steps a character, then ${long.toFixed(1)}`);
  }
});

/** Numbers that look random, the same for a seed. @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = ['a', 'be', 'Cé', 'שלום', '日本', '👍🏽', ' ', ' ', '  ', '\n', '\n', '\n\n', '\t', '*', '**', '***', '_', '__', '~~', '`', '``', '```', '```js', '\\',
  '[', ']', '(', ')', '](', '> ', '>', '- ', '+ ', '* ', '1. ', '2) ', '12.', '|', '| a |', '\n-|-\n', '|--|:-:|', '\\*', '\\[', '\\`', '\\@', '\\\\', 'www.', 'www.x.example', '#', '@', '#room', '@bo', 'ana', '!', '.', ',', ':', '<', '&', 'http://', 'https://x.example',
  'https://x.example/p(q)', '[n](https://x.example/y)', '[m](http://', 'javascript:', 'mailto:m@x.example', '\u202e', '\u200b', '\u0301', '\ud83d'];

/** @param {number} seed */
function randomText(seed) {
  const next = random(seed);
  return Array.from({ length: 1 + next(40) }, () => PIECES[next(PIECES.length)]).join('');
}

test('every letter that was typed is shown, in its order', () => {
  const letters = (/** @type {string} */ text) => (text.normalize('NFD').toLowerCase().match(/[\p{L}]/gu) ?? []).join('');
  let links = 0;
  for (let seed = 1; seed <= 20_000; seed += 1) {
    const text = randomText(seed);
    const { children } = parse(text, { me: 'ana', words: true });
    assert.equal(letters(content(children)), letters(text), `${seed}: ${JSON.stringify(text)}`);
    for (const [node, depth] of walk(children)) {
      assert.ok(depth <= 20);
      if (node.type === 'link') links += 1;
      if (node.type === 'plain') assert.ok(node.text);
    }
  }
  assert.ok(links > 1000);
});

test('a text without marks is shown as it is', () => {
  for (const text of ['hello', 'a b  c', '5 * 3 - 2', 'a_b-c.d', 'what? yes! (no)', '50% & more', 'C:\\Temp', 'a | b', 'C:\\Users\\ana\\_old\\#1', '\\\\fileserver\\share', '^\\[[A-Z]+\\]\\*', 'SELECT a.*, b.* FROM a, b', 'src/**/*.test.*', '13 * * *:*',
    'f(*args, **kw), g(**kw)', 'x**2 + y**2', '("*", "*")', 'say \'*\' or \'**\'', '*.txt and *.md', '#fff', 'שלום, עולם!']) {
    assert.deepEqual(parse(text).children, [{ type: 'paragraph', children: [{ type: 'plain', text }] }]);
  }
});

test('as one line a text has no line breaks, no runs of spaces and nothing that turns it round', () => {
  for (const { name, text } of attacks) assert.doesNotMatch(plain(text), /^\s|\s$|\s\s|[\n\r\t\u202a-\u202e\u2066-\u2069]/u, name);
  for (let seed = 1; seed <= 1000; seed += 1) assert.doesNotMatch(plain(randomText(seed)), /\s\s|\n/u);
});

test('mentions are marked for the reader alone', () => {
  const own = (/** @type {string | null} */ me) => [...walk(parse('@ana and @bo', { me }).children)].filter(([node]) => node.own).map(([node]) => node.text);
  assert.deepEqual(own('ana'), ['@ana']);
  assert.deepEqual(own('Bo'), ['@bo']);
  assert.deepEqual(own(null), []);
});

test('a nick with marks in it is still a nick', () => {
  const [{ children }] = /** @type {any} */ (parse('hi _ana_ and an_a_', { me: '_ana_', words: true }).children);
  assert.deepEqual(children[1], { type: 'mention', text: '_ana_', own: true });
});
