// The icons that only the lazy parts draw.

/** The path of each icon. */
export const lazyIcons = {
  arrowDown: 'M12 5v14M6 13l6 6 6-6',
  arrowUp: 'M12 19V5M6 11l6-6 6 6',
  at: 'M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0-4v5.5a2.25 2.25 0 0 0 4.5 0V12a8.5 8.5 0 1 0-3.5 6.9',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  device: 'M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.5h2',
  keyboard: 'M3.5 6.5h17v11h-17zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M7 14h.01M17 14h.01M10 14h4',
  leave: 'M14 4H6v16h8M10 12h10M17 8.5l3.5 3.5-3.5 3.5',
  link: 'M9.5 14.5l5-5M7.5 10.5l-2.3 2.3a4.2 4.2 0 0 0 6 6l2.3-2.3M16.5 13.5l2.3-2.3a4.2 4.2 0 0 0-6-6l-2.3 2.3',
  reply: 'M9 6l-5 5 5 5M4 11h9a7 7 0 0 1 7 7',
  shield: 'M12 3.5l7 2.5v5.5c0 4.2-2.8 7.3-7 9-4.2-1.7-7-4.8-7-9V6z',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM9 14.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
};
