// The icons: 24 × 24, one stroke, in the colour of the text around them. Screen readers ignore them: the button that
// has one has a label.

const SVG = 'http://www.w3.org/2000/svg';

/** The path of each icon. @type {Record<string, string>} */
const PATHS = {
  add: 'M12 5v14M5 12h14',
  arrowDown: 'M12 5v14M6 13l6 6 6-6',
  arrowUp: 'M12 19V5M6 11l6-6 6 6',
  at: 'M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0-4v5.5a2.25 2.25 0 0 0 4.5 0V12a8.5 8.5 0 1 0-3.5 6.9',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  device: 'M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.5h2',
  edit: 'M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3',
  emoji: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM8.5 14.5c1 1.3 2.2 2 3.5 2s2.5-.7 3.5-2M9 9.5v.5M15 9.5v.5',
  keyboard: 'M3.5 6.5h17v11h-17zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M7 14h.01M17 14h.01M10 14h4',
  leave: 'M14 4H6v16h8M10 12h10M17 8.5l3.5 3.5-3.5 3.5',
  link: 'M9.5 14.5l5-5M7.5 10.5l-2.3 2.3a4.2 4.2 0 0 0 6 6l2.3-2.3M16.5 13.5l2.3-2.3a4.2 4.2 0 0 0-6-6l-2.3 2.3',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M5.5 11.4a.6 .6 0 1 1 0 1.2 .6 .6 0 0 1 0-1.2zM12 11.4a.6 .6 0 1 1 0 1.2 .6 .6 0 0 1 0-1.2zM18.5 11.4a.6 .6 0 1 1 0 1.2 .6 .6 0 0 1 0-1.2z',
  people: 'M9 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2.5 19.5c.3-3.5 3-5.5 6.5-5.5s6.2 2 6.5 5.5M15.5 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .7 3.3 2.5 3.5 5',
  reply: 'M9 6l-5 5 5 5M4 11h9a7 7 0 0 1 7 7',
  retry: 'M19 5v5h-5M19 10a7.5 7.5 0 1 0 .5 4.5',
  rooms: 'M9 4L7 20M17 4l-2 16M4.5 9h16M3.5 15h16',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20.5 20.5',
  send: 'M4 12l16-7.5-5.5 15-3.5-6zM11 13.5l4-4',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM9 14.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  up: 'M6 14.5l6-6 6 6',
  warning: 'M12 4.5L21 20H3zM12 10v4.5M12 17v.5',
};

/**
 * Draws an icon.
 * @param {keyof typeof PATHS & string} name one of the list above
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
