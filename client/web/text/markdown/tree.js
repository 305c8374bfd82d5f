// The tree of a text, as types. markdown.js builds it, and the views turn it into nodes.

/**
 * A piece of a line. `host`: where a link leads, when its text does not show it. `own`: the reader's nick.
 * @typedef {{type: 'plain', text: string}
 *   | {type: 'strong' | 'emphasis' | 'struck', children: Inline[]}
 *   | {type: 'code', text: string}
 *   | {type: 'break'}
 *   | {type: 'link', href: string, host: string | null, children: Inline[]}
 *   | {type: 'room', name: string}
 *   | {type: 'mention', text: string, own: boolean}} Inline
 *
 * One or more whole lines.
 * @typedef {{type: 'paragraph', children: Inline[]}
 *   | {type: 'fence', language: string, text: string}
 *   | {type: 'quote', children: Block[]}
 *   | {type: 'list', ordered: boolean, items: Item[]}
 *   | {type: 'table', align: Align[], head: Inline[][], rows: Inline[][][]}} Block
 *
 * `number` is null in a list with bullets.
 * @typedef {{number: number | null, children: Block[]}} Item
 *
 * How a column of a table is aligned.
 * @typedef {'left' | 'center' | 'right' | null} Align
 *
 * A whole text. `large`: a few emoji and nothing else.
 * @typedef {{type: 'text', large: boolean, children: Block[]}} Tree
 *
 * Counts what parsing costs, for the tests that prove it linear.
 * @typedef {{steps: number}} Meter
 */

export {};
