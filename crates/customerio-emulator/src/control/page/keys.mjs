// The keyboard: what each key does. Keys that are typed into a field are the field's.

import {h} from './dom.mjs';

const NAMES = {'↓': 'ArrowDown', '↑': 'ArrowUp', Esc: 'Escape'};

const rows = [];
const plain = new Map();
const afterG = new Map();
let pending = 0;

/** Names what keys do, for the help, and does it. `keys` are as in the help: `j ↓`, `g r`. */
export function key(keys, what, run) {
  rows.push([keys, what]);
  if (keys.startsWith('g ')) afterG.set(keys.slice(2), run);
  else for (const each of keys.split(' ')) plain.set(NAMES[each] ?? each, run);
}

/** The rows of the help. */
export const help = () => rows.map(([keys, what]) => h('tr',
  h('th', {scope: 'row'}, keys.split(' ').map((each) => h('kbd', each))), h('td', what)));

const typing = (element) => element.matches('input, textarea, select, [contenteditable]');

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector('dialog[open]')) return;
  if (typing(event.target)) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  // Enter and the arrows stay with what has the focus, where that is not a row.
  const inDetail = event.target.closest('#detail-pane, #side');
  if (inDetail && ['ArrowDown', 'ArrowUp'].includes(event.key)) return;
  if (event.key === 'Enter' && event.target.closest('a, button')) return;
  const run = event.timeStamp - pending < 1000 ? afterG.get(event.key) ?? plain.get(event.key) : plain.get(event.key);
  pending = event.key === 'g' ? event.timeStamp : -1000;
  if (!run) return;
  event.preventDefault();
  run();
});
