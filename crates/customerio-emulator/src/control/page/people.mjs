// People: who the workspace knows, since when each attribute is what it is, and what happened to them.

import {get} from './api.mjs';
import {copyButton, facts, h, part, sections, table} from './dom.mjs';
import {CHANNELS, plural, short, state, time, verdict} from './format.mjs';
import {json} from './json.mjs';
import {href} from './route.mjs';

const name = ({email, id, phone, cio_id}) => email ?? id ?? phone ?? cio_id;

const columns = [
  {title: 'Person', look: 'c-main', link: true, cell: (person) => name(person)},
  {title: 'Id', look: 'c-id', cell: ({id}) => id && h('span.mono', null, id)},
  {title: 'Phone', look: 'c-phone', cell: ({phone}) => phone && h('span.mono', null, phone)},
  {title: 'Attributes', look: 'c-count', cell: ({attributes}) => attributes},
  {title: 'Devices', look: 'c-count', cell: ({devices}) => devices},
  {title: 'Segments', look: 'c-count', cell: ({segments}) => segments.length},
  {title: 'Changed', look: 'c-time', cell: ({changed_at}) => time(changed_at)},
];

const EVENT = {
  request: ({seq, method, path, verdict: what}) => [h('a.mono', {href: href('requests', seq)}, `${method} ${path}`), verdict(what)],
  event: ({seq, name: what, type}) => [h('a', {href: href('events', seq)}, what), h('span.quiet', null, type)],
  message: ({delivery_id, channel, subject, preview, state: what}) => [
    h('a', {href: href('messages', delivery_id)}, `${CHANNELS[channel] ?? channel}: ${subject ?? preview ?? delivery_id}`), state(what)],
};

/** What happened to a person, newest first: the first page, and more where asked. */
class Timeline {
  #items = [];
  #next = null;

  constructor(id) {
    this.id = id;
    this.rows = h('tbody');
    this.more = h('button', {type: 'button', hidden: true, onclick: () => this.#older()}, 'Earlier');
    this.element = part('Timeline', h('table.data.timeline', null, h('thead.hidden', null, h('tr', null,
      ['Time', 'Kind', 'What', 'State'].map((title) => h('th', {scope: 'col'}, title)))), this.rows), this.more);
    this.refresh();
  }

  async refresh() {
    const {items, next} = await get(`people/${this.id}/timeline`, {limit: 30}).catch(() => ({items: []}));
    const last = items.at(-1)?.seq ?? Infinity;
    const old = this.#items.filter(({seq}) => seq < last);
    this.#items = [...items, ...old];
    if (!old.length) this.#next = next ?? null;
    this.#draw();
  }

  async #older() {
    const {items, next} = await get(`people/${this.id}/timeline`, {limit: 100, before: this.#next});
    this.#items.push(...items);
    this.#next = next;
    this.#draw();
  }

  #draw() {
    this.rows.replaceChildren(...this.#items.map((item) => h('tr', null,
      h('td.c-time', null, time(item.at)), h('td.quiet', null, item.kind), ...EVENT[item.kind](item).map((cell) => h('td', null, cell)))));
    if (!this.#items.length) this.rows.append(h('tr', null, h('td.none', null, 'Nothing yet')));
    this.more.hidden = this.#next === null;
  }
}

const value = (what) => (what !== null && typeof what === 'object' ? json(what) : h('span.mono', null, short(what)));

function draw(root, person) {
  const {attribute_list, device_list, segment_list, objects, topics} = person;
  sections(root, [
    ['head', name(person), () => h('header.head', null, h('h2', {tabindex: '-1', id: 'detail-title'}, name(person)),
      h('p.line-up', null, h('a', {href: href('requests', null, {person: name(person)})}, 'Requests'), h('a', {href: href('events', null, {person: name(person)})}, 'Events'),
        h('a', {href: href('messages', null, {person: name(person)})}, 'Messages')))],
    ['facts', person, () => facts([
      ['Id', person.id && h('span.mono', null, person.id)], ['E-mail', person.email], ['Phone', person.phone],
      ['cio_id', h('span.mono', null, person.cio_id, ' ', copyButton(person.cio_id))],
      ['Anonymous ids', person.anonymous_ids.length > 0 && h('span.list.mono', null, person.anonymous_ids.map((id) => h('span', null, id)))],
      ['Created', time(person.created_at)], ['Changed', time(person.changed_at)],
      ['E-mail and others', person.subscribed ? 'subscribed' : h('span.marked.warn', null, h('i.mark', {'aria-hidden': 'true'}), 'unsubscribed')],
      ['Segments', segment_list.length > 0 && h('span.list', null, segment_list.map(({id, name: title}) => h('a', {href: href('segments', id)}, title)))],
    ])],
    ['attributes', attribute_list, () => part(plural(attribute_list.length, 'attribute'),
      attribute_list.length > 0 && table(['Name', 'Value', 'Changed'], attribute_list.map((each) => [h('span.mono', null, each.name), value(each.value), time(each.changed_at)]), {class: 'data attributes'}))],
    device_list.length > 0 && ['devices', device_list, () => part(plural(device_list.length, 'device'),
      table(['Platform', 'Token', 'Last used'], device_list.map((each) => [each.platform, h('span.mono.long', null, each.id), time(each.last_used)])))],
    objects.length > 0 && ['objects', objects, () => part(plural(objects.length, 'object'),
      table(['Type', 'Object', 'Of the relationship'], objects.map((each) => [each.type_id, h('span.mono', null, each.id), Object.keys(each.attributes ?? {}).length ? json(each.attributes) : null])))],
    topics.length > 0 && ['topics', topics, () => part('Topics', h('ul.plain', null, topics.map((each) => h('li', null, typeof each === 'object' ? `${each.name ?? each.id}: ${each.subscribed === false ? 'unsubscribed' : 'subscribed'}` : short(each)))))],
    ['timeline', person.cio_id, () => {
      root.timeline = new Timeline(person.cio_id);
      return root.timeline.element;
    }],
  ]);
}

export const people = {
  name: 'people', kind: 'people', title: 'People', key: 'p',
  list: {
    columns,
    id: ({cio_id}) => cio_id,
    watches: ['people'],
    filters: [{name: 'segment', label: 'All segments', options: async () => (await get('segments', {limit: 1000})).items.map((each) => [each.id, each.name])}],
    empty: () => [
      h('h2', null, 'Nobody yet'),
      h('p', null, 'Identify someone, or start the emulator with a folder of people: ', h('code', null, '--seed DIR'), '. ', h('a', {href: href('setup')}, 'Setup'), ' has a first program for each client.'),
    ],
  },
  detail: {
    read: (id, signal) => get(`people/${id}`, {}, signal),
    draw,
    follows: (change, id, person) => {
      if (change.kind === 'people') return change.id === person?.cio_id;
      return ['requests', 'events', 'messages', 'devices', 'objects'].includes(change.kind);
    },
    refreshed: (root) => root.timeline?.refresh(),
  },
};
