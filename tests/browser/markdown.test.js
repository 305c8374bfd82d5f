// Texts as people see them: parsed by markdown.js, built into elements, and used by mouse and keyboard.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Flood } from './harness/flood.js';
import { eventually } from './harness/patience.js';
import { parts } from './harness/person.js';
import { stage } from './harness/stage.js';

/** @typedef {import('./harness/person.js').Person} Person */

/** Texts and their trees, as parsed for `ana`. @type {{name: string, text: string, words?: boolean, large?: boolean, tree: any[]}[]} */
const GOLDEN = JSON.parse(readFileSync(new URL('../../client/web/tests/golden/markdown.json', import.meta.url), 'utf8'));

/** Elements as lists: a tag, the relevant attributes, the children. Adjacent texts are joined. */
/** @param {any[]} nodes @returns {any[]} */
function joined(nodes) {
  return nodes.reduce((/** @type {any[]} */ all, node) => {
    if (typeof node === 'string' && typeof all.at(-1) === 'string') all.push(all.pop() + node);
    else if (node !== '') all.push(node);
    return all;
  }, []);
}

/** The elements that the page must show for a tree. @param {any} node @returns {any[]} */
function wanted(node) {
  const within = (/** @type {any[]} */ children) => joined(children.flatMap(wanted));
  switch (node.type) {
    case 'plain': return [node.text];
    case 'break': return ['\n'];
    case 'code': return [['code', [node.text]]];
    case 'strong': return [['strong', within(node.children)]];
    case 'emphasis': return [['em', within(node.children)]];
    case 'struck': return [['s', within(node.children)]];
    case 'room': return [['a', `#${encodeURIComponent(node.name)}`, [`#${node.name}`]]];
    case 'mention': return [[node.own ? 'mark' : 'span', [node.text]]];
    case 'link': return [['a', node.href, within(node.children)], ...(node.host === null ? [] : [' ', ['span', [`(${node.host})`]]])];
    case 'paragraph': return [['p', within(node.children)]];
    case 'quote': return [['blockquote', within(node.children)]];
    case 'fence': return [['div', [...(node.language ? [['span', [node.language]]] : []), ['button', ['Copy']], ['pre', [['code', node.text ? [node.text] : []]]]]]];
    case 'list': return [[node.ordered ? 'ol' : 'ul', node.items.map((/** @type {any} */ { number, children }) =>
      ['li', ...(number === null ? [] : [number]), joined(children.flatMap((/** @type {any} */ child, /** @type {number} */ at) =>
        (at === 0 && child.type === 'paragraph' ? child.children.flatMap(wanted) : wanted(child))))])]];
    case 'table': {
      const row = (/** @type {string} */ tag, /** @type {any[][]} */ cells) => ['tr', cells.map((cell) => [tag, within(cell)])];
      return [['div', [['table', [['thead', [row('th', node.head)]], ['tbody', node.rows.map((/** @type {any[][]} */ cells) => row('td', cells))]]]]]];
    }
    default: throw new Error(`no such node: ${node.type}`);
  }
}

/** The elements that the page shows for a message. @param {Person} person @param {number} seq @returns {Promise<any[]>} */
async function shown({ page }, seq) {
  const line = page.locator(`#log li[data-seq="${seq}"]`);
  await line.waitFor({ state: 'attached' });
  const found = await line.locator('.said').evaluate((said) => {
    /** @param {Node} node @returns {any} */
    const read = (node) => {
      if (!(node instanceof HTMLElement)) return node.textContent;
      const children = [...node.childNodes].map(read);
      if (node instanceof HTMLAnchorElement) return ['a', node.getAttribute('href'), children];
      if (node instanceof HTMLLIElement && node.hasAttribute('value')) return ['li', node.value, children];
      return [node.localName, children];
    };
    return [...said.childNodes].map(read);
  });
  /** @param {any} node @returns {any} */
  const tidy = (node) => (Array.isArray(node) ? [...node.slice(0, -1), joined(node.at(-1).map(tidy))] : node);
  return joined(found.map(tidy));
}

/** @param {import('node:test').TestContext} t @param {Parameters<typeof import('./harness/person.js').Person.open>[1]} [options] */
async function atThePage(t, options) {
  const { server, person } = await stage(t);
  const ana = await person('ana', options);
  return { ana, bo: await Flood.join(server, 'bo') };
}

/** From now on the nick is a mention without an `@` too. @param {Person} person */
async function wantsBareNicks(person) {
  await person.page.keyboard.press('Control+,');
  await person.page.getByLabel('My nickname without “@” mentions me too').check();
  await person.page.keyboard.press('Escape');
}

test('each golden example is built as it was read', async (t) => {
  const { ana, bo } = await atThePage(t);
  const alone = GOLDEN.filter(({ words }) => words);
  for (const { name, text, words, tree, large } of [...GOLDEN.filter((one) => !one.words), ...alone]) {
    if (words && name === alone[0].name) await wantsBareNicks(ana);
    const seq = await bo.say(text.replace(/\r\n?/g, '\n'));
    assert.deepEqual(await shown(ana, seq), tree.flatMap(wanted), name);
    const blocks = await ana.page.locator(`#log li[data-seq="${seq}"] .said > *`).evaluateAll((all) =>
      all.map((block) => ({ dir: block.getAttribute('dir'), code: block.className === 'code', large: block.className === 'large' })));
    for (const block of blocks) {
      assert.equal(block.dir, block.code ? 'ltr' : 'auto', name);
      assert.equal(block.large, Boolean(large), name);
    }
  }
});

test('a block of code is copied as it was written', async (t) => {
  const { ana, bo } = await atThePage(t, { permissions: ['clipboard-write'] });
  const codes = ['let a = 1;\n\n\tif (a) {\n    b("<b>&amp;");\n}', '*no* _marks_ @ana #lobby https://x.example', 'if (\u202e a \u2066) // \u2069\u202c'];
  for (const code of codes) {
    const seq = await bo.say(`before\n\`\`\`js\n${code}\n\`\`\`\nafter`);
    const line = ana.page.locator(`#log li[data-seq="${seq}"]`);
    await line.locator('.code').hover();
    await line.getByRole('button', { name: 'Copy', exact: true }).click();
    // The page itself may not read the clipboard, so the person pastes.
    await eventually('it is on the clipboard', async () => {
      await ana.composer.fill('');
      await ana.composer.press('Control+v');
      return ana.composer.inputValue();
    }, (text) => text === code);
  }
});

test('signs that turn what follows do not turn code', async (t) => {
  const { ana, bo } = await atThePage(t);
  const seq = await bo.say('```\na\u202ebcdef\n```\nand `a\u202ebcdef` here');
  await shown(ana, seq);
  const lefts = await ana.page.locator(`#log li[data-seq="${seq}"] code`).evaluateAll((codes) => codes.map((code) => {
    const texts = [...code.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    return texts.flatMap((node) => Array.from(node.textContent ?? '', (_, at) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect().left;
    }));
  }));
  assert.equal(lefts.length, 2);
  for (const places of lefts) {
    assert.equal(places.length, 6);
    assert.deepEqual(places, [...places].sort((one, other) => one - other), 'a to f stand from left to right');
  }
});

test('a long message is folded, by hand and by key', async (t) => {
  const { ana, bo } = await atThePage(t);
  const text = Array.from({ length: 60 }, (_, at) => `line ${at + 1}`).join('\n');
  const seq = await bo.say(text);
  const line = ana.page.locator(`#log li[data-seq="${seq}"]`);
  const said = () => line.locator('.said').innerText();
  await line.waitFor();
  assert.match(await said(), /line 10\b/);
  assert.doesNotMatch(await said(), /line 60/);
  await line.getByRole('button', { name: 'Show more' }).click();
  assert.match(await said(), /line 60/);
  const less = line.getByRole('button', { name: 'Show less' });
  assert.ok(await less.evaluate((button) => button === document.activeElement || !document.activeElement?.closest('#composer')));
  await less.focus();
  await ana.page.keyboard.press('Enter');
  assert.doesNotMatch(await said(), /line 60/);
  const more = line.getByRole('button', { name: 'Show more' });
  await more.focus();
  await ana.page.keyboard.press('Space');
  assert.match(await said(), /line 60/);
});

test('links tell where they lead, and leave nothing behind', async (t) => {
  const { ana, bo } = await atThePage(t);
  const seq = await bo.say('[the docs](https://docs.example/a) https://x.example/b [mail](mailto:ana@x.example)');
  await shown(ana, seq);
  const links = await ana.page.locator(`#log li[data-seq="${seq}"] .said a`).evaluateAll((all) =>
    all.map((link) => [link.getAttribute('href'), link.getAttribute('title'), link.getAttribute('rel'), link.getAttribute('target')]));
  assert.deepEqual(links, ['https://docs.example/a', 'https://x.example/b', 'mailto:ana@x.example'].map((href) =>
    [href, `Opens ${href}`, 'noopener noreferrer nofollow', '_blank']));
  assert.equal(await ana.page.locator(`#log li[data-seq="${seq}"] .host`).count(), 2);
});

test('who is named sees it in the message and in its place', async (t) => {
  const { ana, bo } = await atThePage(t);
  const named = await bo.say('@Ana, look');
  const other = await bo.say('@bo banana');
  await shown(ana, other);
  const line = ana.page.locator(`#log li[data-seq="${named}"]`);
  assert.equal(await line.locator('mark').innerText(), '@Ana');
  assert.ok(await line.evaluate((element) => element.classList.contains('mention')));
  const plain = ana.page.locator(`#log li[data-seq="${other}"]`);
  assert.equal(await plain.locator('mark').count(), 0);
  assert.equal(await plain.evaluate((element) => element.classList.contains('mention')), false);
  const colours = await Promise.all([line, plain].map((one) => one.evaluate((element) => getComputedStyle(element).backgroundColor)));
  assert.notEqual(colours[0], colours[1]);
});

test('who wants it is named by the nick alone, in what was said before as well', async (t) => {
  const { ana, bo } = await atThePage(t);
  const seq = await bo.say('ana, look');
  await shown(ana, seq);
  const mark = ana.page.locator(`#log li.mention[data-seq="${seq}"] mark`);
  assert.equal(await mark.count(), 0);
  await wantsBareNicks(ana);
  await mark.waitFor();
  assert.equal(await mark.innerText(), 'ana');
});

test('the name of a room leads to the room', async (t) => {
  const { ana, bo } = await atThePage(t);
  const seq = await bo.say('come to #kitchen');
  await shown(ana, seq);
  await ana.page.locator(`#log li[data-seq="${seq}"]`).getByRole('link', { name: '#kitchen' }).click();
  await ana.page.locator(`${parts.room('kitchen')}[aria-current="true"]`).waitFor();
  await eventually('the address names it', () => ana.page.url(), (url) => url.endsWith('#kitchen'));
  await ana.sayAndSee('first in the kitchen');
  await ana.page.goBack();
  await ana.page.goForward();
  assert.equal(ana.page.context().pages().length, 1);
});

test('a few emoji are large, and more or others are not', async (t) => {
  const { ana, bo } = await atThePage(t);
  const seqs = [];
  for (const text of ['🎉 👍🏽', '🎉🎉🎉🎉🎉🎉🎉', '🎉 done']) seqs.push(await bo.say(text));
  await shown(ana, seqs[2]);
  const sizes = await Promise.all(seqs.map((seq) => ana.page.locator(`#log li[data-seq="${seq}"] .said p`).evaluate((element) => parseFloat(getComputedStyle(element).fontSize))));
  assert.ok(sizes[0] > 1.5 * sizes[1], `${sizes}`);
  assert.equal(sizes[1], sizes[2]);
});

test('lists keep their numbers, and run in the direction of what is in them', async (t) => {
  const { ana, bo } = await atThePage(t);
  const seq = await bo.say('7. seven\n8. eight\n12. twelve');
  const right = await bo.say('- שלום\n- עולם\n- abc');
  const left = await bo.say('- hello\n- עולם');
  await shown(ana, left);
  assert.deepEqual(await ana.page.locator(`#log li[data-seq="${seq}"] .said li`).evaluateAll((items) => items.map((item) => /** @type {HTMLLIElement} */ (item).value)), [7, 8, 12]);
  /** The edges of the items' texts and of the block. @param {number} which */
  const edges = (which) => ana.page.locator(`#log li[data-seq="${which}"] .said`).evaluate((said) => {
    const box = (/** @type {Node} */ node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return range.getBoundingClientRect();
    };
    return { lefts: [...said.querySelectorAll('li')].map((item) => Math.round(box(item).left)), rights: [...said.querySelectorAll('li')].map((item) => Math.round(box(item).right)) };
  });
  const rtl = await edges(right);
  assert.equal(new Set(rtl.rights).size, 1, `the items of a list in Hebrew stand at one right edge: ${rtl.rights}`);
  const ltr = await edges(left);
  assert.equal(new Set(ltr.lefts).size, 1, `those of an English one at one left edge: ${ltr.lefts}`);
  assert.ok(Math.min(...rtl.lefts) > Math.max(...ltr.lefts));
});

test('text of both directions stands in its order, beside a nick and a time that stay', async (t) => {
  const { ana, bo } = await atThePage(t);
  const english = await bo.say('hello');
  const hebrew = await bo.say('שלום **עולם** https://x.example/a');
  await shown(ana, hebrew);
  const sides = await ana.page.evaluate(([one, other]) => [one, other].map((seq) => {
    const block = /** @type {HTMLElement} */ (document.querySelector(`#log li[data-seq="${seq}"] .said p`));
    return { direction: getComputedStyle(block).direction, align: getComputedStyle(block).textAlign };
  }), [english, hebrew]);
  assert.deepEqual(sides.map(({ direction }) => direction), ['ltr', 'rtl']);
  // A quote has its line on the side where its text starts.
  const quotes = [await bo.say('> hello'), await bo.say('> שלום')];
  await shown(ana, quotes[1]);
  const lines = await ana.page.locator('#log blockquote').evaluateAll((all) => all.map((quote) => {
    const { borderLeftWidth, borderRightWidth } = getComputedStyle(quote);
    return [borderLeftWidth, borderRightWidth].map((width) => parseFloat(width) > 0);
  }));
  assert.deepEqual(lines, [[true, false], [false, true]]);
});
