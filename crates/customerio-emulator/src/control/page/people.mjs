// People: who the workspace knows, since when each attribute is what it is, and what happened to them.

import {get} from './api.mjs';
import {copyButton, facts, h, head, mono, notice, part, sections, table} from './dom.mjs';
import {CHANNELS, plural, short, state, time, verdict} from './format.mjs';
import {json} from './json.mjs';
import {href} from './route.mjs';

const labelOf = ({email, id, phone, cio_id}) => email ?? id ?? phone ?? cio_id;

const columns = [
  {title: 'Person', look: 'c-main', link: true, cell: labelOf},
  {title: 'Id', look: 'c-id', cell: ({id}) => id && mono(id)},
  {title: 'Phone', look: 'c-phone', cell: ({phone}) => phone && mono(phone)},
  {title: 'Attributes', look: 'c-count', cell: ({attributes}) => attributes},
  {title: 'Devices', look: 'c-count', cell: ({devices}) => devices},
  {title: 'Segments', look: 'c-count', cell: ({segments}) => segments.length},
  {title: 'Changed', look: 'c-time', cell: ({changed_at}) => time(changed_at)},
];

/** What happened, in two cells. */
const HAPPENED = {
  request: ({seq, method, path, verdict: name}) => [
    h('a.mono', {href: href('requests', seq)}, `${method} ${path}`), verdict(name)],
  event: ({seq, name, type}) => [h('a', {href: href('events', seq)}, name), h('span.quiet', type)],
  message: ({delivery_id: id, channel, subject, preview, state: name}) => [
    h('a', {href: href('messages', id)}, `${CHANNELS[channel] ?? channel}: ${subject ?? preview ?? id}`), state(name)],
};

/** What happened to a person, newest first: the first page, and more where asked. */
class Timeline {
  #items = [];
  #next = null;

  constructor(id) {
    this.id = id;
    this.rows = h('tbody');
    const older = () => this.#read({before: this.#next, limit: 100});
    this.more = h('button', {type: 'button', hidden: true, onclick: older}, 'Earlier');
    this.element = part('Timeline', h('table.data.timeline', h('thead.hidden', h('tr',
      ['Time', 'Kind', 'What', 'State'].map((title) => h('th', {scope: 'col'}, title)))), this.rows), this.more);
    this.refresh();
  }

  refresh() {
    return this.#read({limit: 30});
  }

  async #read(params) {
    try {
      const {items, next} = await get(`people/${this.id}/timeline`, params);
      // The newest page is read again and again: what was read before stands behind it.
      const last = items.at(-1)?.seq ?? Infinity;
      const older = params.before ? [] : this.#items.filter(({seq}) => seq < last);
      this.#items = params.before ? [...this.#items, ...items] : [...items, ...older];
      if (!older.length) this.#next = next;
      this.#draw();
    } catch (error) {
      notice(error.message);
    }
  }

  #draw() {
    this.rows.replaceChildren(...this.#items.map((item) => h('tr', h('td.c-time', time(item.at ?? item.queued_at)),
      h('td.quiet', item.kind), HAPPENED[item.kind](item).map((cell) => h('td', cell)))));
    if (!this.#items.length) this.rows.append(h('tr', h('td.none', 'Nothing yet')));
    this.more.hidden = this.#next === null;
  }
}

const value = (what) => (what !== null && typeof what === 'object' ? json(what) : h('span.mono', short(what)));

function about(person) {
  const {id, cio_id, anonymous_ids: visitors, segment_list: segments} = person;
  return facts([
    ['Id', id && mono(id)], ['E-mail', person.email], ['Phone', person.phone],
    ['cio_id', h('span.mono', cio_id, ' ', copyButton(cio_id))],
    ['Anonymous ids', visitors.length > 0 && h('span.list.mono', visitors.map((each) => h('span', each)))],
    ['Created', time(person.created_at)], ['Changed', time(person.changed_at)],
    ['Messages', state(person.subscribed ? 'subscribed' : 'unsubscribed')],
    ['Segments', segments.length > 0 && h('span.list',
      segments.map((each) => h('a', {href: href('segments', each.id)}, each.name ?? each.id)))],
  ]);
}

const topic = ({id, name, subscribed}) => h('li', `${name ?? id}: ${subscribed ? 'subscribed' : 'unsubscribed'}`);

function draw(root, person) {
  const {cio_id, attribute_list: attributes, device_list: devices, objects, topics} = person;
  const theirs = (page, title) => h('a', {href: href(page, null, {person: cio_id})}, title);
  sections(root, [
    ['head', labelOf(person), () => head(labelOf(person),
      h('p.line-up', theirs('requests', 'Requests'), theirs('events', 'Events'), theirs('messages', 'Messages')))],
    ['about', person, () => about(person)],
    ['attributes', attributes, () => part(plural(attributes.length, 'attribute'), table(['Name', 'Value', 'Changed'],
      attributes.map((each) => [mono(each.name), value(each.value), time(each.changed_at)]),
      {class: 'data attributes'}))],
    devices.length > 0 && ['devices', devices, () => part(plural(devices.length, 'device'),
      table(['Platform', 'Token', 'Last used'],
      devices.map((each) => [each.platform, h('span.mono.long', each.id), time(each.last_used)])))],
    objects.length > 0 && ['objects', objects, () => part(plural(objects.length, 'object'),
      table(['Type', 'Object', 'Relationship'],
      objects.map((each) => [each.type_id, mono(each.id), each.attributes && value(each.attributes)])))],
    topics.length > 0 && ['topics', topics, () => part('Topics', h('ul.plain', topics.map(topic)))],
    ['timeline', cio_id, () => {
      root.timeline = new Timeline(cio_id);
      return root.timeline.element;
    }],
  ]);
}

const HAPPENS = ['requests', 'events', 'messages', 'devices', 'objects'];

export const people = {
  name: 'people', kind: 'people', title: 'People', key: 'p',
  list: {
    columns,
    id: ({cio_id}) => cio_id,
    watches: ['people'],
    filters: [{
      name: 'segment', label: 'All segments',
      options: async () => (await get('segments', {limit: 1000})).items.map(({id, name}) => [id, name]),
    }],
    empty: () => [
      h('h3', 'Nobody yet'),
      h('p', 'Identify someone, or start the emulator with a folder of people: ', h('code', '--seed DIR'), '. ',
        h('a', {href: href('setup')}, 'Setup'), ' has a first program for each client.'),
    ],
  },
  detail: {
    read: (id, signal) => get(`people/${id}`, {}, signal),
    draw,
    follows: ({kind, id}, _, person) => (kind === 'people' ? id === person.cio_id : HAPPENS.includes(kind)),
    refreshed: (root) => root.timeline.refresh(),
  },
};
