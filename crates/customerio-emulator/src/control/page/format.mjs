// Text and small elements for values: times, sizes, verdicts, states.

import {h} from './dom.mjs';

const CLOCK = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const DAY = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});
const YEAR = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric'});

export const clockText = (date) => `${DAY.format(date)} ${CLOCK.format(date)}`;

/** A moment in the reader's time zone: with the day where that is not today, and with milliseconds where asked. */
export function time(at, {millis = false} = {}) {
  if (!at) return null;
  const date = new Date(at);
  const today = new Date();
  let text = CLOCK.format(date);
  if (millis) text += `.${String(date.getMilliseconds()).padStart(3, '0')}`;
  if (date.getFullYear() !== today.getFullYear()) text = `${YEAR.format(date)} ${text}`;
  else if (DAY.format(date) !== DAY.format(today)) text = `${DAY.format(date)} ${text}`;
  return h('time', {datetime: at, title: at}, text);
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

export const duration = (micros) => (micros < 1000 ? `${micros} µs` : `${(micros / 1000).toFixed(1)} ms`);
export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** What the service would do with a request: the word, and how it looks. */
export const VERDICTS = {
  accepted: ['accepted', 'good'],
  tolerated: ['tolerated', 'warn'],
  refused: ['refused', 'bad'],
  dropped: ['dropped silently', 'drop'],
  fault: ['fault', 'asked'],
  unknown_route: ['unknown route', 'lost'],
};

const STATES = {
  waiting: 'asked', accepted: 'good', given_up: 'bad', failed: 'bad', bounced: 'bad', delivered: 'good', opened: 'good',
  clicked: 'good', converted: 'good', sent: 'good', queued: 'asked', drafted: 'asked', unsubscribed: 'warn',
  undeliverable: 'warn', subscribed: 'good',
};

/** A word with a shape beside it: neither colour nor shape stands alone. */
const marked = (word, look, props) => h(`span.marked.${look}`, props, h('i.mark', {'aria-hidden': 'true'}), word);

export function verdict(name) {
  const [word, look] = VERDICTS[name] ?? [name, 'asked'];
  return marked(word, look, {'data-testid': 'verdict', 'data-verdict': name});
}

export const state = (name) => marked(name.replaceAll('_', ' '), STATES[name] ?? 'asked', {'data-testid': 'state'});

export const CHANNELS = {
  email: 'email', push: 'push', sms: 'SMS', whatsapp: 'WhatsApp', in_app: 'in-app', inbox: 'inbox',
};

/** What a value is in a cell: JSON, but for strings without quotes. */
export const short = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
