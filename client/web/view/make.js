// Making and finding elements. Every view builds what it shows with these two functions, so that
// nothing that somebody wrote is ever read as markup: strings become text, never HTML.

/**
 * What an element is given: its DOM properties (`className`, `type`, `textContent`, …), and
 * `data` for `data-*`, `aria` for `aria-*`, `on` for listeners. A value of `null` or `undefined` is
 * left out.
 * @typedef {{data?: Record<string, any>, aria?: Record<string, any>,
 *   on?: Record<string, (event: any) => void>, [property: string]: any}} Properties
 */

/**
 * Makes an element.
 * @param {string} tag
 * @param {Properties} [properties]
 * @param {...(Node | string | null | undefined | false)} children what is falsy is left out
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { data = {}, aria = {}, on = {}, ...own } = properties;
  for (const [name, value] of Object.entries(own)) {
    if (value !== null && value !== undefined) /** @type {any} */ (element)[name] = value;
  }
  for (const [name, value] of Object.entries(data)) {
    if (value !== null && value !== undefined) element.dataset[name] = String(value);
  }
  for (const [name, value] of Object.entries(aria)) setAria(element, name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * Sets an `aria-*` attribute, or takes it away. Does not touch one that is as it should be.
 * @param {Element} element
 * @param {string} name without `aria-`
 * @param {any} value
 */
export function setAria(element, name, value) {
  const attribute = `aria-${name}`;
  if (value === null || value === undefined) element.removeAttribute(attribute);
  else if (element.getAttribute(attribute) !== String(value)) element.setAttribute(attribute, String(value));
}

/**
 * Sets the text of an element, unless it is that already: a live region speaks at every change.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * The one element that matches. `any`, since the caller knows what it has put there.
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {any}
 */
export function find(selector, within = document) {
  return within.querySelector(selector);
}
