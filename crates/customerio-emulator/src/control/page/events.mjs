// Events: what people and visitors did.

import {bySeq} from './api.mjs';
import {facts, h, head, mono, part, sections} from './dom.mjs';
import {time} from './format.mjs';
import {json} from './json.mjs';
import {href} from './route.mjs';

const who = ({person, anonymous_id}) => person?.label ?? anonymous_id;

const columns = [
  {title: 'Time', look: 'c-time', cell: ({at}) => time(at)},
  {title: 'Name', look: 'c-main', link: true, cell: ({name}) => name},
  {title: 'Type', look: 'c-type', cell: ({type}) => type},
  {title: 'Person', look: 'c-person', cell: (event) => (event.person ? who(event) : h('span.quiet', who(event)))},
  {title: 'Data', look: 'c-why', cell: ({data}) => h('span.mono', JSON.stringify(data))},
];

function draw(root, event) {
  sections(root, [['all', event, () => h('div',
    head(event.name),
    facts([
      ['Type', event.type], ['Time', time(event.at)],
      ['Person', event.person && h('a', {href: href('people', event.person.cio_id)}, event.person.label)],
      ['Anonymous id', event.anonymous_id && mono(event.anonymous_id)],
      ['Event id', event.id && mono(event.id)],
    ]),
    part('Data', json(event.data)))]]);
}

export const events = {
  name: 'events', kind: 'events', title: 'Events', key: 'e',
  list: {
    columns,
    id: ({seq}) => seq,
    filters: [{name: 'type', label: 'All types', options: ['event', 'page', 'screen'].map((name) => [name, name])}],
    empty: () => [
      h('h3', 'No events yet'),
      h('p', 'Track one: each client under ', h('a', {href: href('setup')}, 'Setup'), ' has a program that does.'),
    ],
  },
  detail: {read: (id, signal) => bySeq('events', id, signal), draw},
};

