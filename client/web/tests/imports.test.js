// Imports of the page's modules point down the list of folders, and never in a circle.
//
// An upward import or a circle means that a function or a type lives in the wrong file. The types in
// JSDoc comments count like the rest, and so do modules that are loaded later.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** The folders from top to bottom: a file may import from its own folder and from those below it. */
const ORDER = ['app', 'view', 'device', 'store', 'words', 'text', 'net', 'worker'];

const web = new URL('../', import.meta.url);

/** The modules of the page by path, each with the paths that it imports. @returns {Map<string, string[]>} */
function imports() {
  const names = /** @type {string[]} */ (readdirSync(web, { recursive: true }))
    .filter((name) => name.endsWith('.js') && !/^(?:tests|node_modules)\//.test(name)).sort();
  return new Map(names.map((name) => [name, importsOf(name, readFileSync(new URL(name, web), 'utf8'))]));
}

/**
 * The paths that a module names: in `import … from`, `export … from` and `import(…)`, in code or in a type.
 * @param {string} name
 * @param {string} text
 */
function importsOf(name, text) {
  const named = [...text.matchAll(/\bfrom '(\.[^']+)';|\bimport\('(\.[^']+)'\)|^import '(\.[^']+)';/gm)];
  return [...new Set(named.map((found) => new URL(found[1] ?? found[2] ?? found[3], new URL(name, web)).href.slice(web.href.length)))];
}

/** A circle of imports as a list of paths, or null. @param {Map<string, string[]>} graph */
function circleIn(graph) {
  /** @type {Set<string>} */
  const finished = new Set();
  /** @type {(name: string, path: string[]) => string[] | null} */
  const visit = (name, path) => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (finished.has(name)) return null;
    for (const next of graph.get(name) ?? []) {
      const circle = visit(next, [...path, name]);
      if (circle) return circle;
    }
    finished.add(name);
    return null;
  };
  for (const name of graph.keys()) {
    const circle = visit(name, []);
    if (circle) return circle;
  }
  return null;
}

/** @param {string} path */
const folderOf = (path) => path.slice(0, path.indexOf('/'));

test('each module stands in a folder of the list', () => {
  assert.deepEqual([...imports().keys()].filter((path) => !ORDER.includes(folderOf(path))), []);
});

test('imports point down the order of the folders', () => {
  const upward = [...imports()].flatMap(([from, all]) =>
    all.filter((to) => ORDER.indexOf(folderOf(to)) < ORDER.indexOf(folderOf(from))).map((to) => `${from} imports ${to}`));
  assert.deepEqual(upward, []);
});

test('no modules import each other in a circle', () => {
  assert.equal(circleIn(imports())?.join(' → '), undefined);
});

test('each import names a module that is there', () => {
  const graph = imports();
  const missing = [...graph].flatMap(([from, all]) => all.filter((to) => !graph.has(to)).map((to) => `${from} imports ${to}`));
  assert.deepEqual(missing, []);
});

test('the page preloads the modules that its first load imports, and no others', () => {
  const graph = new Map([...imports().keys()].map((name) => {
    const text = readFileSync(new URL(name, web), 'utf8');
    return [name, [...text.matchAll(/^(?:import|export|\}).* from '(\.[^']+)';$/gm)].map(([, path]) => new URL(path, new URL(name, web)).href.slice(web.href.length))];
  }));
  const first = new Set(['app/main.js']);
  for (const name of first) for (const next of graph.get(name) ?? []) first.add(next);
  const html = readFileSync(new URL('index.html', web), 'utf8');
  const named = [...html.matchAll(/rel="modulepreload" href="assets\/([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(named, [...first].sort());
});
