// Creating and finding elements. Every view uses these functions, so that nothing that a person wrote is ever parsed
// as markup: strings become text, never HTML.

/**
 * The properties of a new element: its DOM properties (`className`, `type`, `textContent`, …), and `data` for
 * `data-*`, `aria` for `aria-*`, `on` for listeners. A value of `null` or `undefined` is left out.
 * @typedef {{data?: Record<string, any>, aria?: Record<string, any>,
 *   on?: Record<string, (event: any) => void>, [property: string]: any}} Properties
 */

/**
 * Creates an element.
 * @param {string} tag
 * @param {Properties} [properties]
 * @param {...(Node | string | null | undefined | false)} children falsy ones are left out
 * @returns {any}
 */
export function createElement(tag, properties = {}, ...children) {
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
 * Sets or removes an `aria-*` attribute. Does not touch one that has this value already.
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
 * Sets the text of an element, unless it has it already: a live region speaks at every change.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * The element that matches. `any`, since the caller knows its type.
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {any}
 */
export function findElement(selector, within = document) {
  return within.querySelector(selector);
}

/** Whether a dialog is open. */
export const isDialogOpen = () => document.querySelector('dialog[open]') !== null;
