// The badge on the icon of the page: how many mentions are unread, or a dot for unread messages. notifier.js loads this
// when the first badge is due.

const icon = document.querySelector('link[rel~="icon"]');
const plainIcon = icon?.getAttribute('href') ?? null;

/** The badge that is drawn, or is being drawn. */
let drawn = '';

/** @param {string} badge a few characters, or '' @param {number} mentions */
export function drawPageBadge(badge, mentions) {
  if (badge !== drawn && icon && plainIcon) drawIcon(icon, plainIcon, badge);
  drawn = badge;
  // An installed page has an icon in the system. Without a number it shows a dot.
  const done = badge ? navigator.setAppBadge?.(mentions || undefined) : navigator.clearAppBadge?.();
  done?.catch(() => {});
}

/** @param {Element} element @param {string} plain the address of the icon without a badge @param {string} badge */
function drawIcon(element, plain, badge) {
  if (!badge) {
    element.setAttribute('href', plain);
    return;
  }
  const image = new Image(64, 64);
  image.onload = () => {
    if (badge === drawn) element.setAttribute('href', withBadge(image, badge));
  };
  image.src = new URL(plain, document.baseURI).href;
}

/** @param {HTMLImageElement} image @param {string} badge */
function withBadge(image, badge) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  const context = canvas.getContext('2d');
  if (!context) return image.src;
  context.drawImage(image, 0, 0, 64, 64);
  const isDot = badge === '•';
  context.fillStyle = '#c4391d';
  context.beginPath();
  // Usually it is shown at 16 pixels, where two digits are illegible and one has to be large.
  const width = badge.length > 1 ? 54 : 44;
  if (isDot) context.arc(49, 15, 15, 0, 2 * Math.PI);
  else context.roundRect(64 - width, 0, width, 44, 22);
  context.fill();
  if (!isDot) {
    context.fillStyle = '#fff';
    context.font = '700 38px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(badge, 64 - width / 2, 24);
  }
  return canvas.toDataURL('image/png');
}
