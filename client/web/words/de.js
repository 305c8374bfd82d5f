// Every word that the client says, in German. Keys and places are those of en.js.

/** @type {import('../words.js').Words} */
export const de = {
  'code.copy': 'Kopieren',
  'code.of': 'Code in {language}',
  'code.text': 'Code',
  'link.leads': 'Führt zu {address}',
};
