// The swipe that opens and closes the sidebar, which is a drawer on a phone.

/** How far a swipe goes at least, in px; it has to go more sideways than up or down. */
const FAR_PX = 60;

/** A slower movement is not a swipe. */
const TIME_MS = 600;

/** At the edges of the screen the system has its own gestures. */
const EDGE_PX = 24;

/**
 * @param {HTMLElement} element where swipes count
 * @param {(towardsEnd: boolean) => void} swiped in the direction in which a line runs, or against it
 */
export function listenForSwipes(element, swiped) {
  /** @type {{x: number, y: number, at: number} | null} */
  let start = null;
  element.addEventListener('touchstart', (event) => {
    const [{ clientX: x, clientY: y }] = event.touches;
    const isOne = event.touches.length === 1 && x > EDGE_PX && x < innerWidth - EDGE_PX;
    start = isOne && !scrollsSideways(/** @type {Element} */ (event.target), element) ? { x, y, at: event.timeStamp } : null;
  }, { passive: true });
  element.addEventListener('touchend', (event) => {
    if (!start || event.touches.length || !getSelection()?.isCollapsed) return;
    const [{ clientX, clientY }] = event.changedTouches;
    const along = clientX - start.x;
    const across = Math.abs(clientY - start.y);
    if (Math.abs(along) < FAR_PX || across > Math.abs(along) / 2 || event.timeStamp - start.at > TIME_MS) return;
    swiped((along > 0) === (getComputedStyle(element).direction === 'ltr'));
  }, { passive: true });
}

/** Whether the touched element scrolls sideways itself: code, a row of tabs, a field. @param {Element} target @param {Element} end */
function scrollsSideways(target, end) {
  for (let one = /** @type {Element | null} */ (target); one && one !== end; one = one.parentElement) {
    if (one.matches('input, textarea') || (one.scrollWidth > one.clientWidth && /auto|scroll/.test(getComputedStyle(one).overflowX))) return true;
  }
  return false;
}
