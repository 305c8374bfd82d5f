// Words: every language says the same things, and the client says nothing else.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { addWords, language, locale, setLanguage, t } from '../words/translate.js';
import { de } from '../words/de.js';
import { en as first } from '../words/en.js';
import { lazyWords } from '../words/en_lazy.js';

const web = new URL('../', import.meta.url);

/** What the page has once all is loaded. @type {import('../words/translate.js').Words} */
const en = { ...first, ...lazyWords };

/** The client's own text, without words and tests. @returns {string[]} */
function sources() {
  const files = /** @type {string[]} */ (readdirSync(web, { recursive: true }))
    .filter((name) => /\.(?:js|html)$/.test(name) && !/^(?:tests|words|text\/emoji|node_modules)\//.test(name));
  assert.ok(files.length > 10);
  return files.map((name) => readFileSync(new URL(name, web), 'utf8'));
}

/** The keys that a text of the client asks for by name. @param {string} text */
function asked(text) {
  return [...text.matchAll(/(?<![\w.])t\(\s*'([^']+)'|\bkey: '([a-z]+(?:\.[a-z]+)+)'/gi)].map((match) => match[1] ?? match[2]);
}

/** The places of an entry, in all its forms. @param {any} entry */
function places(entry) {
  const forms = typeof entry === 'string' ? [entry] : Object.values(entry);
  return forms.map((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort().join(' '));
}

afterEach(() => setLanguage('en'));

test('what is loaded later adds its words, and what comes first needs none of them', () => {
  const html = readFileSync(new URL('index.html', web), 'utf8');
  const modules = [...html.matchAll(/assets\/([\w/-]+\.js)/g)].map(([, name]) => readFileSync(new URL(name, web), 'utf8'));
  assert.ok(modules.length > 50);
  const missing = modules.flatMap((text) => asked(text)).filter((key) => !Object.hasOwn(first, key));
  assert.deepEqual(missing, []);
  assert.deepEqual(Object.keys(lazyWords).filter((key) => Object.hasOwn(first, key)), []);
  addWords(lazyWords);
  assert.equal(t('settings.title'), 'Settings');
});

test('both languages have the same keys', () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
});

test('both languages have the same places, in every form but that for one', () => {
  for (const [key, entry] of Object.entries(en)) {
    const [all, others] = [places(entry).at(-1), places(de[key]).at(-1)];
    assert.equal(others, all, key);
    for (const found of [...places(entry), ...places(de[key])]) {
      for (const place of found.split(' ')) assert.ok(!place || all?.split(' ').includes(place), `${key}: {${place}}`);
    }
  }
});

test('an entry with forms has all that its language tells apart, and no others', () => {
  for (const [words, tag] of /** @type {[any, string][]} */ ([[en, 'en'], [de, 'de']])) {
    const { pluralCategories } = new Intl.PluralRules(tag).resolvedOptions();
    for (const [key, entry] of Object.entries(words)) {
      if (typeof entry === 'object') assert.deepEqual(Object.keys(/** @type {object} */ (entry)).sort(), [...pluralCategories].sort(), key);
      else assert.ok(typeof entry === 'string' && entry.trim() === entry && entry, key);
    }
  }
});

test('no key is written twice in a file', () => {
  for (const name of ['en', 'en_lazy', 'de']) {
    const keys = [...readFileSync(new URL(`words/${name}.js`, web), 'utf8').matchAll(/^ {2}'([^']+)':/gm)].map((match) => match[1]);
    assert.equal(new Set(keys).size, keys.length, name);
    assert.ok(keys.length > 0);
  }
});

test('every key that the client asks for is there', () => {
  const keys = asked(sources().join('\n'));
  assert.ok(keys.includes('code.copy'));
  assert.deepEqual(keys.filter((key) => !Object.hasOwn(en, key)), []);
});

test('every key is asked for', () => {
  const all = sources().join('\n');
  const beginnings = [...all.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/gi)].map((match) => match[1]);
  const unasked = Object.keys(en).filter((key) =>
    !all.includes(`'${key}'`) && !all.includes(`"${key}"`) && !beginnings.some((start) => key.startsWith(start)));
  assert.deepEqual(unasked, []);
});

test('a language is chosen, and kept', async () => {
  await setLanguage('de');
  assert.equal(language(), 'de');
  assert.equal(t('code.copy'), 'Kopieren');
  await setLanguage('en');
  assert.equal(t('code.copy'), 'Copy');
});

test('of two languages that are asked for at once the last one counts', async () => {
  await Promise.all([setLanguage('de'), setLanguage('en')]);
  assert.equal(language(), 'en');
});

test('auto takes the first language of the browser that is known, with its country', async () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const speaks = async (/** @type {string[]} */ languages) => {
    Object.defineProperty(globalThis, 'navigator', { value: { languages }, configurable: true });
    await setLanguage('auto');
    return `${language()} ${locale()}`;
  };
  try {
    assert.equal(await speaks(['fr-FR', 'de-AT', 'en-US']), 'de de-AT');
    assert.equal(await speaks(['en-US', 'de']), 'en en-US');
    assert.equal(await speaks(['de']), 'de de-DE');
    assert.equal(await speaks(['en']), 'en en-GB');
    assert.equal(await speaks(['fr', 'constructor']), 'en en-GB');
    assert.equal(await speaks([]), 'en en-GB');
    await setLanguage('de');
    assert.equal(locale(), 'de-DE');
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
});

test('the page says which language it is in', async () => {
  const page = /** @type {any} */ (globalThis);
  page.document = { documentElement: { lang: '' } };
  try {
    await setLanguage('de');
    assert.equal(page.document.documentElement.lang, 'de');
    // In a page a missing key is shown rather than an error.
    assert.equal(t('no.such.key'), 'no.such.key');
  } finally {
    delete page.document;
  }
});

test('places are filled, forms are chosen by count, numbers are written as people do', async () => {
  Object.assign(first, { 'test.count': { one: '{count} message from {nick}', other: '{count} messages from {nick}' } });
  Object.assign(de, { 'test.count': { one: '{count} Nachricht von {nick}', other: '{count} Nachrichten von {nick}' } });
  try {
    assert.equal(t('test.count', { count: 1, nick: 'bo' }), '1 message from bo');
    assert.equal(t('test.count', { count: 0, nick: 'bo' }), '0 messages from bo');
    assert.equal(t('test.count', { count: 1234, nick: '{count}' }), '1,234 messages from {count}');
    await setLanguage('de');
    assert.equal(t('test.count', { count: 1234, nick: '$&' }), '1.234 Nachrichten von $&');
  } finally {
    for (const words of /** @type {any[]} */ ([first, de])) delete words['test.count'];
  }
});

test('what turns the direction of a sentence is held apart', () => {
  assert.equal(t('link.leads', { address: 'עליזה' }), 'Opens \u2068עליזה\u2069');
  assert.equal(t('link.leads', { address: 'a\u202eb' }), 'Opens \u2068a\u202eb\u2069');
  assert.equal(t('link.leads', { address: 'https://x.example/' }), 'Opens https://x.example/');
});

test('a missing key and a missing place are failures here', () => {
  assert.throws(() => t('no.such.key'), /no\.such\.key/);
  assert.throws(() => t('toString'), /toString/);
  assert.throws(() => t('link.leads'), /address/);
});
