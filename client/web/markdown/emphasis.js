// Bold, italic and struck: which marks belong together.
//
// markdown/inline.js feeds it with the pieces of a line, marks among them, and gets nodes back.
// Each mark is put on a stack once and taken off once, so the cost is linear, whatever was typed.

/** @typedef {import('./inline.js').Inline} Inline */

/**
 * A run of equal marks. `left` of them have no partner yet; `opened` and `closed` are the kinds that
 * begin and end here, inner ones first.
 * @typedef {{type: 'marks', sign: string, count: number, opens: boolean, closes: boolean,
 *   left: number, opened: Kind[], closed: Kind[]}} Marks
 *
 * @typedef {'strong' | 'emphasis' | 'struck'} Kind
 */

/** Marks within marks. Deeper ones stay as they were typed. */
const DEPTH_MAX = 6;

/** @type {Record<Kind, number>} */
const SIZE = { strong: 2, emphasis: 1, struck: 2 };

/**
 * Turns pieces into nodes.
 * @param {(Inline | Marks)[]} pieces
 * @param {import('../markdown.js').Meter} meter
 * @returns {Inline[]}
 */
export function settle(pieces, meter) {
  pair(pieces, meter);
  return nest(pieces, meter);
}

/** Finds the partners. @param {(Inline | Marks)[]} pieces @param {import('../markdown.js').Meter} meter */
function pair(pieces, meter) {
  /** Places of marks that wait for a partner, by sign and count. @type {Record<string, number[]>} */
  const waiting = { '*1': [], '*2': [], '*3': [], '_1': [], '~2': [] };
  const stacks = Object.values(waiting);
  for (const [at, marks] of pieces.entries()) {
    meter.steps += 1;
    if (marks.type !== 'marks') continue;
    while (marks.closes && marks.left) {
      meter.steps += 1;
      const partner = nearest(waiting, marks);
      if (partner < 0) break;
      // What began after the partner and did not end stays as it was typed.
      for (const stack of stacks) while (/** @type {number} */ (stack.at(-1)) >= partner) stack.pop();
      const opener = /** @type {Marks} */ (pieces[partner]);
      const size = opener.left === 3 ? Math.min(2, marks.left) : opener.left;
      const kind = marks.sign === '~' ? 'struck' : size === 2 ? 'strong' : 'emphasis';
      opener.opened.push(kind);
      marks.closed.push(kind);
      opener.left -= size;
      marks.left -= size;
      if (opener.left) waiting[opener.sign + opener.left].push(partner);
    }
    if (marks.opens && marks.left) waiting[marks.sign + marks.left].push(at);
  }
}

/**
 * The nearest marks before these that they can close: those of the same count. Three are a pair and
 * a single one, and close or open either.
 * @param {Record<string, number[]>} waiting
 * @param {Marks} marks
 */
function nearest(waiting, { sign, left }) {
  let place = -1;
  for (let count = 1; count <= 3; count += 1) {
    const stack = count === left || count === 3 || left === 3 ? waiting[sign + count] : undefined;
    place = Math.max(place, stack?.at(-1) ?? -1);
  }
  return place;
}

/** Builds the nodes. @param {(Inline | Marks)[]} pieces @param {import('../markdown.js').Meter} meter */
function nest(pieces, meter) {
  /** @type {Inline[]} */
  const root = [];
  /** The children of the nodes that are open, and whether one is there at all. @type {{children: Inline[], flat: boolean}[]} */
  const open = [{ children: root, flat: false }];
  const here = () => /** @type {{children: Inline[], flat: boolean}} */ (open.at(-1));
  for (const piece of pieces) {
    meter.steps += 1;
    if (piece.type !== 'marks') {
      add(here().children, piece);
      continue;
    }
    const { sign, left, opened, closed } = piece;
    for (const kind of closed) {
      const { flat } = here();
      open.pop();
      if (flat) add(here().children, { type: 'plain', text: sign.repeat(SIZE[kind]) });
    }
    if (left) add(here().children, { type: 'plain', text: sign.repeat(left) });
    for (const kind of opened.reverse()) {
      const { children } = here();
      const flat = open.length > DEPTH_MAX;
      /** @type {Extract<Inline, {type: Kind}>} */
      const node = { type: kind, children: [] };
      add(children, flat ? { type: 'plain', text: sign.repeat(SIZE[kind]) } : node);
      open.push({ children: flat ? children : node.children, flat });
    }
  }
  return root;
}

/** Adds a node; texts beside each other become one. @param {Inline[]} nodes @param {Inline} node */
function add(nodes, node) {
  const last = nodes.at(-1);
  if (node.type === 'plain' && last?.type === 'plain') nodes[nodes.length - 1] = { type: 'plain', text: last.text + node.text };
  else if (node.type !== 'plain' || node.text) nodes.push(node);
}
