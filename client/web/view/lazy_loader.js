// Lazy loading: the parts of the view in lazy_parts.js come after the first messages, with their styles, words and
// icons. root_view.js loads them once a room is drawn, so that they are there when the person wants them, online or
// not.

import { prefetchModule } from '../net/module_fetch.js';
import { addWords } from '../words/translate.js';
import { insertText, isComposing } from './text_field.js';
import { ICONS } from './icon.js';
import { createElement, setAria } from './dom.js';

/** @typedef {typeof import('./lazy_parts.js')} LazyParts */

/** @type {LazyParts | null} */
let loaded = null;

/** @type {Promise<LazyParts> | null} */
let loading = null;

/** Loads the lazy parts, once. After a failure the next call tries again. */
export function loadLazyParts() {
  loading ??= Promise.all([loadModule(), ...STYLES.map(loadStyle)]).then(([lazyParts]) => {
    addWords(lazyParts.lazyWords);
    Object.assign(ICONS, lazyParts.lazyIcons);
    loaded = lazyParts;
    if (drawn) drawDialog(drawn);
    return lazyParts;
  }).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function loadModule() {
  await prefetchModule(new URL('./lazy_parts.js', import.meta.url));
  return import('./lazy_parts.js');
}

/** The styles of the lazy parts, the one for paper last; index.html names the others. */
const STYLES = ['dialog', 'completion', 'editing', 'people', 'rooms', 'log_buttons', 'print'];

/** Loads a style, once. @param {string} name */
function loadStyle(name) {
  const href = new URL(`../style/${name}.css`, import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return undefined;
  return new Promise((resolve, reject) => {
    const link = createElement('link', { rel: 'stylesheet', href, data: { later: '' }, on: {
      load: resolve,
      error: () => {
        link.remove();
        reject(new Error(`${name}.css did not come`));
      },
    } });
    document.head.append(link);
  });
}

/** The last drawn state. @type {import('../store/state.js').State | null} */
let drawn = null;

/** Draws the open dialog. @param {import('../store/state.js').State} state */
export function drawDialog(state) {
  drawn = state;
  loaded?.drawDialog(state);
}

/**
 * Makes a button open a menu.
 * @param {HTMLElement} button
 * @param {(lazyParts: LazyParts) => import('./menu.js').Item[]} items called at each opening
 * @param {() => void} failed the menu cannot be loaded
 */
export function attachMenu(button, items, failed) {
  setAria(button, 'haspopup', 'menu');
  setAria(button, 'expanded', false);
  button.addEventListener('click', () => withLazyParts((lazyParts) => lazyParts.toggleMenu(button, items(lazyParts)), failed));
}

/** How long keys are held back for a load. */
const HOLD_KEYS_MS = 3_000;

/**
 * Does something with the lazy parts, at once if they are loaded. What is typed while they load is meant for the
 * dialog that will open, and goes into the field that then has the focus. Escape cancels.
 * @param {(lazyParts: LazyParts) => void} act
 * @param {() => void} failed they cannot be loaded
 */
export function withLazyParts(act, failed) {
  if (loaded) {
    act(loaded);
    return;
  }
  const release = holdKeys();
  loadLazyParts().then((lazyParts) => {
    const typed = release();
    if (typed === null) return;
    act(lazyParts);
    const field = document.activeElement;
    if (!typed || !(field instanceof HTMLInputElement) || !field.matches('[type="text"], [type="search"], :not([type])')) return;
    insertText(field, typed);
  }, () => {
    release();
    failed();
  });
}

/**
 * Holds the keys back.
 * @returns {() => string | null} ends it and returns what was typed; `null`: the person has cancelled
 */
function holdKeys() {
  /** @type {string | null} */
  let typed = '';
  const hold = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === 'Escape') {
      end();
      typed = null;
    } else if (event.key === 'Backspace') typed = [...(typed ?? '')].slice(0, -1).join('');
    else if ([...event.key].length === 1) typed += event.key;
  };
  const end = () => {
    clearTimeout(timer);
    removeEventListener('keydown', hold, true);
  };
  const timer = setTimeout(end, HOLD_KEYS_MS);
  addEventListener('keydown', hold, true);
  return () => {
    end();
    return typed;
  };
}
