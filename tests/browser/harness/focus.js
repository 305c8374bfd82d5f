// Where the focus is, and whether somebody sees it there.

/**
 * What has the focus: its name as a person would say it, and whether it shows.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{tag: string, id: string, name: string, place: string, ringed: boolean, inView: boolean}>}
 */
export function focused(page) {
  return page.evaluate(() => {
    const element = /** @type {HTMLElement} */ (document.activeElement);
    /** A ring: an outline or a shadow that is there. @param {Element | null} one */
    const isRinged = (one) => {
      if (!one) return false;
      const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(one);
      const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && outlineColor !== 'rgba(0, 0, 0, 0)';
      return outlined || boxShadow !== 'none';
    };
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return {
      tag: element.localName,
      id: element.id,
      name: (element.getAttribute('aria-label') || element.innerText || element.title || '').trim().replace(/\s+/g, ' '),
      place: element.closest('dialog') ? 'dialog' : element.closest('#picker, .menu, #side, #header, #log, #composer, #welcome, #notices, #banner')?.id ?? '',
      // The field of the composer has its ring round the box that it shares with its buttons.
      ringed: isRinged(element) || (element.id === 'text' && isRinged(element.closest('.box'))),
      inView: right > left && bottom > top && left < innerWidth && right > 0 && top < innerHeight && bottom > 0,
    };
  });
}
