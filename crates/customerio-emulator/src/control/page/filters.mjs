// The bar above a list: its title, the search field, its filters. They stand in the URL, so a link can have them.

import {h} from './dom.mjs';
import {go, href, route} from './route.mjs';

/** Of the parameters of a URL those that say how something is shown, and choose nothing. */
const OF_VIEWS = ['tab', 'width'];
const PATIENCE = 60;

/** The parameters that the control API gets. */
export function filtersOf(params) {
  const filters = new URLSearchParams(params);
  for (const name of OF_VIEWS) filters.delete(name);
  return filters;
}

/** Goes to the same page with one filter changed; what is open stays open. */
function set(name, value, options) {
  const {page, id, params} = route();
  if (value) params.set(name, value);
  else params.delete(name);
  go(href(page, id, params), options);
}

function choice({name, label, options}) {
  const select = h('select', {'aria-label': label, 'data-filter': name, onchange: () => set(name, select.value)});
  const option = ([value, text]) => h('option', {value}, text);
  const fill = (list) => select.replaceChildren(...[['', label], ...list].map(option));
  fill(typeof options === 'function' ? [] : options);
  if (typeof options === 'function') {
    options().then((list) => {
      fill(list);
      select.value = route().params.get(name) ?? '';
    }, () => {});
  }
  return {name, element: select, show: (value) => { select.value = value; }};
}

/** The bar of a page: `update(params)` shows what the URL has. */
export function filterBar(page) {
  const {filters = [], actions, search = true} = page.list;
  const choices = filters.map(choice);
  let timer;
  const field = h('input', {
    type: 'search', placeholder: 'Search', 'aria-label': `Search ${page.title.toLowerCase()}`, 'aria-keyshortcuts': '/',
    'data-testid': 'search', autocomplete: 'off', spellcheck: 'false', hidden: !search,
  });
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => set('q', field.value.trim(), {replace: true}), PATIENCE);
  });
  const chips = h('span.chips');
  const element = h('div.bar', {role: 'search', 'aria-label': page.title},
    h('h2', {id: 'list-title'}, page.title), field, choices.map((each) => each.element), chips,
    actions ? h('span.actions', actions()) : null);

  const update = (params) => {
    const text = params.get('q') ?? '';
    if (field.value.trim() !== text) field.value = text;
    for (const {name, show} of choices) show(params.get(name) ?? '');
    const covered = new Set(['q', ...choices.map(({name}) => name)]);
    const others = [...filtersOf(params)].filter(([name]) => !covered.has(name));
    chips.replaceChildren(...others.map(([name, value]) => h('button.chip', {
      type: 'button', 'aria-label': `Remove the filter ${name} ${value}`, onclick: () => set(name, null),
    }, h('span', `${name} `), value, h('span', {'aria-hidden': 'true'}, ' ×'))));
  };
  return {element, update, field};
}
