// Telephones, and what a finger needs of a page on one.

/** A common one, and the smallest that is still about. Both tell the page that a finger points. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const SMALL_PHONE = { ...PHONE, viewport: { width: 320, height: 568 } };

/** So high and wide has to be what a finger is to hit, in px. */
const TARGET_PX = 44;

/**
 * What on the page is too small for a finger; none is what is wanted. Links and buttons within a text are as high as
 * its lines.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export function smallTargets(page) {
  return page.evaluate((least) => {
    const all = document.querySelectorAll('button, a, input, textarea, select, [role="option"]');
    return [...all].flatMap((element) => {
      // The label of a choice belongs to it.
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
 * What reaches over an edge of the screen; none is what is wanted. What scrolls sideways by itself (code, a row of
 * tabs) may hold more than is seen.
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
