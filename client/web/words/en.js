// Every word that the client says, in English. This is the list that other languages follow:
// tests/words.test.js compares keys and places. An entry is a sentence with {places}, or its forms
// by {count} as Intl.PluralRules names them.

/** @type {import('../words.js').Words} */
export const en = {
  'code.copy': 'Copy',
  'code.of': 'Code in {language}',
  'code.text': 'Code',
  'link.leads': 'Leads to {address}',
};
