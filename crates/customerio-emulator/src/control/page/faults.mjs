// Faults: what goes wrong because somebody asked for it.

import {get, post, remove} from './api.mjs';
import {action, h, part, sections} from './dom.mjs';
import {live} from './live.mjs';
import {href} from './route.mjs';

const ROUTES = [
  '/api/v1/*', '/api/v1/customers/{identifier}', '/api/v1/customers/{identifier}/events', '/api/v2/batch', '/v1/batch',
  '/v1/send/email', '/v1/send/push', '/v1/send/sms',
];

/** What can be asked for: the word, and the fields that it needs. */
const FAULTS = {
  status: ['Respond with a status', [['status', 'Status', '503', Number], ['retry_after', 'Retry-After', '', String]]],
  delay: ['Delay the response', [['delay', 'By', '2s', String]]],
  slow: ['Send the response slowly', [['slow', 'Over', '5s', String]]],
  cut_before: ['Break the connection before it is done', []],
  cut_after: ['Do it, and lose the response', []],
};

const EXAMPLES = [
  ['The next e-mail fails once', {match: {method: 'POST', route: '/v1/send/email'}, fault: {status: 503, retry_after: '2s'}, times: 1}],
  ['Too many requests, three times', {match: {}, fault: {status: 429, retry_after: '1s'}, times: 3}],
  ['Every response takes two seconds', {match: {}, fault: {delay: '2s'}}],
  ['One response in ten is lost', {match: {}, fault: {cut: 'after'}, probability: 0.1, seed: 7}],
];

function what({status, retry_after: after, delay, slow, cut}) {
  if (status) return `status ${status}${after ? `, retry after ${after}` : ''}`;
  if (delay) return `delayed by ${delay}`;
  if (slow) return `sent over ${slow}`;
  return cut === 'before' ? 'cut before it is done' : 'done, response lost';
}

function which({method, route, person}) {
  const request = [method, route].filter(Boolean).join(' ');
  return h('span', null, h('span.mono', null, request || 'every request'), person ? ` of ${person}` : '');
}

const chance = (probability) => (probability === undefined || probability === null || probability === 1 ? '' : `, ${Math.round(probability * 100)} %`);

class Pane {
  constructor(page, pane) {
    const headings = [['What', 'c-main'], ['Of which', 'c-why'], ['Left', 'c-count'], ['Hits', 'c-count'], ['', 'c-action']];
    this.body = h('tbody');
    this.table = h('table.rows', null, h('caption.hidden', null, 'Faults'),
      h('thead', null, h('tr', null, headings.map(([title, look]) => h('th', {scope: 'col', class: look}, title || h('span.hidden', null, 'Remove'))))), this.body);
    this.empty = h('div.empty', {hidden: true});
    this.scroller = h('div.scroller', {tabindex: '-1'}, this.table, this.empty);
    this.all = action('Remove all', async () => { await remove('faults'); await this.read(); });
    pane.className = 'kind-faults';
    pane.replaceChildren(h('div.bar', null, h('h2', {id: 'list-title'}, 'Faults'),
      h('span.actions', null, h('a.button.only-narrow', {href: href('faults', 'new')}, 'Add'), this.all)), this.scroller);
    this.listeners = new AbortController();
    for (const name of ['changes', 'again', 'faults']) live.addEventListener(name, () => this.#later(), {signal: this.listeners.signal});
  }

  end() {
    this.listeners.abort();
    clearTimeout(this.timer);
  }

  routed() { return this.read(); }

  #later() {
    if (!live.paused) this.timer ??= setTimeout(() => this.read(), 300);
  }

  async read() {
    try {
      const {items} = await get('faults');
      this.#draw(items);
    } catch (error) {
      this.#draw([], error.message);
    }
    this.timer = null;
  }

  #draw(items, error) {
    this.table.hidden = this.all.hidden = items.length === 0;
    this.empty.hidden = items.length > 0;
    sections(this.body, items.map((item) => [`fault-${item.id}`, item, () => h('tr', {'data-testid': 'row', 'data-seq': item.id},
      h('td.c-main', null, what(item.fault) + chance(item.probability)), h('td.c-why', null, which(item.match ?? {}), h('span.narrow', null, `, ${item.hits} so far`)),
      h('td.c-count', null, item.left ?? 'all'), h('td.c-count', null, item.hits),
      h('td.c-action', null, action('Remove', async () => { await remove(`faults/${item.id}`); await this.read(); }, {'data-testid': `remove-${item.id}`, 'aria-label': `Remove fault ${item.id}`})))]));
    sections(this.empty, [items.length === 0 && ['empty', error ?? '', () => (error ? h('p.problem', null, error) : h('div', null,
      h('h2', null, 'Nothing goes wrong'), h('p', null, 'Ask for what production does on a bad day: ', h('a', {href: href('faults', 'new')}, 'add a fault'), ', and see whether your application copes.')))]]);
  }

  /** The focus goes from button to button. */
  move(by) {
    const buttons = [...this.body.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement);
    buttons[Math.min(Math.max(at < 0 ? 0 : at + by, 0), buttons.length - 1)]?.focus();
  }

  open() {}

  focus() { this.scroller.focus({preventScroll: true}); }
}

async function add(fault) {
  await post('faults', fault);
  live.dispatchEvent(new Event('faults'));
}

const field = (label, control, note) => h('label.field', null, h('span', null, label), control, note ? h('small', null, note) : null);
const input = (name, props) => h('input', {name, autocomplete: 'off', ...props});

function form() {
  const kind = h('select', {name: 'kind'}, Object.entries(FAULTS).map(([name, [label]]) => h('option', {value: name}, label)));
  const details = h('div.fields');
  const fill = () => details.replaceChildren(...FAULTS[kind.value][1].map(([name, label, value]) => field(label, input(name, {value}), name === 'status' ? null : 'such as 250ms, 2s')));
  kind.addEventListener('change', fill);
  fill();
  const submit = h('button.primary', {type: 'submit', 'data-testid': 'add-fault'}, 'Add');
  const error = h('p.problem', {role: 'alert'});
  const element = h('form', null,
    part('What happens', h('div.fields', null, field('Fault', kind)), details),
    part('To which requests', h('div.fields', null,
      field('Method', h('select', {name: 'method'}, h('option', {value: ''}, 'any'), ['GET', 'POST', 'PUT', 'DELETE'].map((name) => h('option', null, name)))),
      field('Route', input('route', {list: 'routes', placeholder: 'any'}), 'with * for anything'),
      field('Person', input('person', {placeholder: 'anybody'}), 'an id or e-mail address')),
    h('datalist', {id: 'routes'}, ROUTES.map((value) => h('option', {value})))),
    part('How often', h('div.fields', null,
      field('Times', input('times', {type: 'number', min: '1', placeholder: 'always'})),
      field('Chance', input('probability', {type: 'number', min: '0', max: '1', step: 'any', placeholder: '1'}), 'from 0 to 1'),
      field('Seed', input('seed', {type: 'number', min: '0', placeholder: 'none'}), 'the same dice each time'))),
    h('p.line-up', null, submit), error);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    error.textContent = '';
    submit.disabled = true;
    try {
      await add(asked(new FormData(element)));
    } catch (failure) {
      error.textContent = failure.message;
    }
    submit.disabled = false;
  });
  return element;
}

/** What the form says, as the control API takes it. */
function asked(data) {
  const text = (name) => data.get(name)?.trim() || undefined;
  const number = (name) => (text(name) === undefined ? undefined : Number(text(name)));
  const kind = data.get('kind');
  const fault = kind.startsWith('cut_') ? {cut: kind.slice(4)} : Object.fromEntries(FAULTS[kind][1].map(([name, , , type]) => [name, text(name) && type(text(name))]));
  return {
    match: {method: text('method'), route: text('route'), person: text('person')}, fault,
    times: number('times'), probability: number('probability'), seed: number('seed'),
  };
}

function draw(root) {
  sections(root, [['form', 0, () => h('div', null,
    h('header.head', null, h('h2', {tabindex: '-1', id: 'detail-title'}, 'Add a fault')),
    part('Examples', h('p.line-up', null, EXAMPLES.map(([label, fault]) => action(label, () => add(fault))))), form())]]);
}

export const faults = {name: 'faults', kind: 'faults', title: 'Faults', key: 'f', both: true, pane: Pane, detail: {draw}};
