// The clock of the workspace: what it says, and the buttons that stop it, start it and turn it forward.

import {get, post} from './api.mjs';
import {action, notice} from './dom.mjs';
import {clockText} from './format.mjs';

const STEPS = ['1m', '10m', '1h', '1d'];
const UNITS = [[86400, 'd'], [3600, 'h'], [60, 'm']];

const face = document.getElementById('clock');
const note = document.getElementById('clock-note');
const toggle = document.getElementById('clock-run');

let clock = null;

function take({now, stopped}) {
  clock = {ahead: Date.parse(now) - Date.now(), at: Date.parse(now), stopped};
  show();
}

function show() {
  if (!clock) return;
  const at = new Date(clock.stopped ? clock.at : Date.now() + clock.ahead);
  face.textContent = clockText(at);
  face.dateTime = at.toISOString();
  const seconds = Math.round((at - Date.now()) / 1000);
  const unit = UNITS.find(([size]) => Math.abs(seconds) >= size);
  const offset = unit ? `${seconds > 0 ? '+' : '−'}${Math.round(Math.abs(seconds) / unit[0])}${unit[1]}` : '';
  note.textContent = clock.stopped ? 'stopped' : offset;
  toggle.textContent = clock.stopped ? 'Run' : 'Stop';
}

/** Reads the clock, after the workspace changed or others turned it. */
export const readClock = async () => take(await get('clock'));

export function startClock() {
  const advance = async (step) => take(await post('clock', {advance: step}));
  document.getElementById('turn').append(...STEPS.map((step) => action(`+${step}`, () => advance(step), {
    'data-testid': `advance-${step}`, 'aria-label': `Advance by ${step}`,
  })));
  toggle.addEventListener('click', async () => {
    try {
      take(await post('clock', clock?.stopped ? {run: true} : {stop: true}));
    } catch (error) {
      notice(error.message);
    }
  });
  setInterval(show, 1000);
}
