// Faults: what goes wrong because somebody asked for it.

import {get, post, remove} from './api.mjs';
import {action, h, head, mono, part, sections} from './dom.mjs';
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
  ['The next e-mail fails', {match: {route: '/v1/send/email'}, fault: {status: 503, retry_after: '2s'}, times: 1}],
  ['Too many requests, three times', {match: {}, fault: {status: 429, retry_after: '1s'}, times: 3}],
  ['Every response takes two seconds', {match: {}, fault: {delay: '2s'}}],
  ['One response in ten is lost', {match: {}, fault: {cut: 'after'}, probability: 0.1, seed: 7}],
];

function what({fault: {status, retry_after: after, delay, slow, cut}, probability}) {
  const chance = (probability ?? 1) === 1 ? '' : `, ${Math.round(probability * 100)} %`;
  if (status) return `status ${status}${after ? `, retry after ${after}` : ''}${chance}`;
  if (delay) return `delayed by ${delay}${chance}`;
  if (slow) return `sent over ${slow}${chance}`;
  return `${cut === 'before' ? 'cut before it is done' : 'done, response lost'}${chance}`;
}

function which({match: {method, route, person} = {}}) {
  const request = [method, route].filter(Boolean).join(' ');
  return h('span', mono(request || 'every request'), person ? ` of ${person}` : '');
}

class Pane {
  constructor(page, pane) {
    const headings = [['What', 'c-main'], ['Of which', 'c-why'], ['Left', 'c-count'], ['Hits', 'c-count'], ['', 'c-action']];
    this.body = h('tbody.body');
    this.table = h('table.rows', h('caption.hidden', 'Faults'),
      h('thead', h('tr', headings.map(([title, look]) => h(title ? 'th' : 'td', {class: look}, title)))), this.body);
    this.empty = h('div.empty', {hidden: true});
    this.scroller = h('div.scroller', {tabindex: '-1'}, this.table, this.empty);
    this.all = action('Remove all', () => this.#remove('faults'));
    pane.className = 'kind-faults';
    pane.replaceChildren(h('div.bar', h('h2', {id: 'list-title'}, 'Faults'),
      h('span.actions', h('a.button.only-narrow', {href: href('faults', 'new')}, 'Add'), this.all)), this.scroller);
    this.listeners = new AbortController();
    const {signal} = this.listeners;
    for (const name of ['changes', 'again', 'faults']) live.addEventListener(name, () => this.#later(), {signal});
  }

  end() {
    this.listeners.abort();
    clearTimeout(this.timer);
  }

  async routed() {
    try {
      const {items} = await get('faults');
      this.#draw(items);
    } catch (error) {
      this.#draw([], error.message);
    }
    this.timer = null;
  }

  /** The focus goes from button to button. */
  move(by) {
    const buttons = [...this.body.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement);
    buttons[Math.min(Math.max(at < 0 ? 0 : at + by, 0), buttons.length - 1)]?.focus();
  }

  open() {}

  focus() {
    this.scroller.focus({preventScroll: true});
  }

  #later() {
    if (!live.paused) this.timer ??= setTimeout(() => this.routed(), 300);
  }

  async #remove(path) {
    await remove(path);
    await this.routed();
  }

  #draw(items, error = '') {
    const isEmpty = items.length === 0;
    this.table.hidden = this.all.hidden = isEmpty;
    this.empty.hidden = !isEmpty;
    sections(this.body, items.map((item) => [item.id, item, () => this.#row(item)]));
    sections(this.empty, [isEmpty && ['empty', error, () => (error ? h('p.problem', error) : h('div',
      h('h3', 'Nothing goes wrong'), h('p', 'Ask for what production does on a bad day: ',
        h('a', {href: href('faults', 'new')}, 'add a fault'), ', and see whether your application copes.')))]]);
  }

  #row(item) {
    const {id, left, hits} = item;
    return h('tr', {'data-testid': 'row', 'data-seq': id}, h('td.c-main', what(item)),
      h('td.c-why', which(item), h('span.narrow', `, ${hits} so far`)), h('td.c-count', left ?? 'all'), h('td.c-count', hits),
      h('td.c-action', action('Remove', () => this.#remove(`faults/${id}`), {
        'data-testid': `remove-${id}`, 'aria-label': `Remove fault ${id}`,
      })));
  }
}

// The form

async function add(fault) {
  await post('faults', fault);
  live.dispatchEvent(new Event('faults'));
}

const fields = (...all) => h('div.fields', all);
const field = (label, control, note) => h('label.field', h('span', label), control, note ? h('small', note) : null);
const input = (name, props) => h('input', {name, autocomplete: 'off', ...props});
const number = (name, props) => input(name, {type: 'number', min: '0', ...props});
const select = (name, options) => h('select', {name}, options.map(([value, text]) => h('option', {value}, text)));

function form() {
  const kind = select('kind', Object.entries(FAULTS).map(([name, [label]]) => [name, label]));
  const details = fields();
  const fill = () => details.replaceChildren(...FAULTS[kind.value][1].map(([name, label, value, type]) => field(
    label, input(name, {value}), type === String ? 'such as 250ms, 2s' : null)));
  kind.addEventListener('change', fill);
  fill();
  const error = h('p.problem', {role: 'alert'});
  const element = h('form',
    part('What happens', fields(field('Fault', kind)), details),
    part('To which requests', fields(
      field('Method', select('method', [['', 'any'], ...['GET', 'POST', 'PUT', 'DELETE'].map((name) => [name, name])])),
      field('Route', input('route', {list: 'routes', placeholder: 'any'}), 'with * for anything'),
      field('Person', input('person', {placeholder: 'anybody'}), 'an id or e-mail address'))),
    h('datalist', {id: 'routes'}, ROUTES.map((value) => h('option', {value}))),
    part('How often', fields(
      field('Times', number('times', {min: '1', placeholder: 'always'})),
      field('Chance', number('probability', {max: '1', step: 'any', placeholder: '1'}), 'from 0 to 1'),
      field('Seed', number('seed', {placeholder: 'none'}), 'the same dice each time'))),
    h('p', h('button.primary', {type: 'submit', 'data-testid': 'add-fault'}, 'Add')), error);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    error.textContent = '';
    try {
      await add(asked(new FormData(element)));
    } catch (failure) {
      error.textContent = failure.message;
    }
  });
  return element;
}

/** What the form says, as the control API takes it. */
function asked(data) {
  const given = (name, type = String) => (data.get(name)?.trim() ? type(data.get(name).trim()) : undefined);
  const kind = data.get('kind');
  const own = FAULTS[kind][1].map(([name, , , type]) => [name, given(name, type)]);
  return {
    match: {method: given('method'), route: given('route'), person: given('person')},
    fault: kind.startsWith('cut_') ? {cut: kind.slice(4)} : Object.fromEntries(own),
    times: given('times', Number), probability: given('probability', Number), seed: given('seed', Number),
  };
}

function draw(root) {
  const example = ([label, fault]) => action(label, () => add(fault));
  sections(root, [['form', 0, () => h('div', head('Add a fault'), part('Examples', h('p.line-up', EXAMPLES.map(example))), form())]]);
}

export const faults = {
  name: 'faults', kind: 'faults', title: 'Faults', key: 'f', both: true, pane: Pane, detail: {draw},
};
