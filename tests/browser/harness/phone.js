// Phones, and what a finger needs of a page.

/** A common phone, and the smallest that is still in use. Both report touch as their pointer. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const SMALL_PHONE = { ...PHONE, viewport: { width: 320, height: 568 } };

/** The smallest height and width of a target for a finger, in px. */
const TARGET_PX = 44;

/**
 * The elements that are too small for a finger; a test wants none. Links and buttons within a text are as
 * high as its lines.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export function smallTargets(page) {
  return page.evaluate((least) => {
    const all = document.querySelectorAll('button, a, input, textarea, select, [role="option"]');
    return [...all].flatMap((element) => {
      // The label of a choice is part of its target.
      const whole = element.closest('label') ?? element;
      const { width, height } = whole.getBoundingClientRect();
      const seen = element.checkVisibility({ visibilityProperty: true }) && width > 1 && height > 1;
      if (!seen || element.closest('.said') && !element.closest('.code > button') || element.id === 'skip') return [];
      const name = element.getAttribute('aria-label') || element.textContent?.trim() || element.id;
      return width < least - 0.5 || height < least - 0.5 ? [`${element.localName} “${name}”: ${Math.round(width)} × ${Math.round(height)}`] : [];
    });
  }, TARGET_PX);
}

/**
 * The elements that reach over an edge of the screen; a test wants none. Elements that scroll sideways by
 * themselves (code, a row of tabs) may be wider than the screen.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export function overEdges(page) {
  return page.evaluate(() => {
    const found = [];
    const { scrollWidth, scrollHeight } = document.documentElement;
    if (scrollWidth > innerWidth || scrollHeight > innerHeight) found.push(`the page: ${scrollWidth} × ${scrollHeight}`);
    for (const element of document.querySelectorAll('body *')) {
      const { left, right, width, height } = element.getBoundingClientRect();
      const out = left < -0.5 || right > innerWidth + 0.5;
      if (!out || !width || !height || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      let scrolls = element.parentElement;
      while (scrolls && !/auto|scroll|hidden/.test(getComputedStyle(scrolls).overflowX)) scrolls = scrolls.parentElement;
      if (!scrolls || scrolls === document.body) found.push(`${element.localName}.${element.className}: ${Math.round(left)} to ${Math.round(right)}`);
    }
    return found;
  });
}
