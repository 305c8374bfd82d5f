// The colour that somebody has chosen, as a hue: how light it is drawn is the theme's choice, so that a name can be read on
// every ground.

/** The most saturation that has the contrast of the theme's own colours, in percent. */
const SATURATION_MAX = 55;

/**
 * @param {string} colour as `#rrggbb`
 * @returns {{hue: number, saturation: number}} in degrees, and in percent
 */
export function hueOf(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const spread = most - least;
  if (!spread) return { hue: 0, saturation: 0 };
  const sixth = most === red ? (green - blue) / spread : most === green ? (blue - red) / spread + 2 : (red - green) / spread + 4;
  const saturation = spread / (1 - Math.abs(most + least - 1));
  return { hue: Math.round((sixth * 60 + 360) % 360), saturation: Math.min(SATURATION_MAX, Math.round(saturation * 100)) };
}
