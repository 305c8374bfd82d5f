// The sentence for a file that was dropped or pasted. Its words are loaded later, so this is too.

/** @param {import('../store/state.js').Dispatch} dispatch */
export function sayNoFiles(dispatch) {
  dispatch('notice', { key: 'files.none' });
}
