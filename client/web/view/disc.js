// The disc that stands for a person: their initials in their colour.

import { hue, initials } from '../hue.js';
import { make } from './make.js';

/** @param {{id: string, nick: string}} user */
export function disc({ id, nick }) {
  const element = make('span', { className: 'disc', textContent: initials(nick), aria: { hidden: true } });
  element.style.setProperty('--hue', String(hue(id)));
  return element;
}
