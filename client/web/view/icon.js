// The icons: 24 × 24, one stroke, in the colour of the text around them. Screen readers ignore them: the button that
// has one has a label.

const SVG = 'http://www.w3.org/2000/svg';

/** The path of each icon; lazy_loader.js adds those of lazy_icons.js. @type {Record<string, string>} */
export const ICONS = {
  add: 'M12 5v14M5 12h14',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  edit: 'M4 20l1-4L16.5 4.5l3 3L8 19zM14 7l3 3',
  emoji: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM8.5 14.5c1 1.3 2.2 2 3.5 2s2.5-.7 3.5-2M9 9.5v.5M15 9.5v.5',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M5.5 11.4a.6 .6 0 1 1 0 1.2 .6 .6 0 0 1 0-1.2zM12 11.4a.6 .6 0 1 1 0 1.2 .6 .6 0 0 1 0-1.2zM18.5 11.4a.6 .6 0 1 1 0 1.2 .6 .6 0 0 1 0-1.2z',
  people: 'M9 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2.5 19.5c.3-3.5 3-5.5 6.5-5.5s6.2 2 6.5 5.5M15.5 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .7 3.3 2.5 3.5 5',
  rooms: 'M9 4L7 20M17 4l-2 16M4.5 9h16M3.5 15h16',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20.5 20.5',
  send: 'M4 12l16-7.5-5.5 15-3.5-6zM11 13.5l4-4',
  up: 'M6 14.5l6-6 6 6',
  warning: 'M12 4.5L21 20H3zM12 10v4.5M12 17v.5',
};

/** Draws an icon. @param {string} name @returns {SVGElement} */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
