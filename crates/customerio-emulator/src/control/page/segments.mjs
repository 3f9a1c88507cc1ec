// Segments: which there are, and who is in each.

import {get} from './api.mjs';
import {facts, h, head, mono, part, sections} from './dom.mjs';
import {time} from './format.mjs';
import {href} from './route.mjs';

const MEMBERS = 50;

const columns = [
  {title: 'Id', look: 'c-id', cell: ({id}) => mono(id)},
  {title: 'Name', look: 'c-main', link: true, cell: ({name}) => name},
  {title: 'People', look: 'c-count', cell: ({people}) => people.toLocaleString('en')},
  {title: 'Description', look: 'c-why', cell: ({description}) => description},
];

async function read(id, signal) {
  const [{items}, members] = await Promise.all([
    get('segments', {limit: 1000}, signal), get('people', {segment: id, limit: MEMBERS}, signal),
  ]);
  const segment = items.find((each) => String(each.id) === id);
  if (!segment) throw new Error(`there is no segment ${id}: the list has all that there are`);
  return {segment, members};
}

function draw(root, {segment, members}) {
  const {items, next} = members;
  sections(root, [
    ['head', segment, () => head(segment.name,
      segment.description ? h('p', segment.description) : null,
      facts([['Id', mono(segment.id)], ['People', segment.people.toLocaleString('en')]]))],
    ['members', members.items, () => part('People',
      items.length ? h('table.data',
        h('thead', h('tr', h('th', {scope: 'col'}, 'Person'), h('th', {scope: 'col'}, 'Changed'))),
        h('tbody', items.map((person) => h('tr',
          h('td', h('a', {href: href('people', person.cio_id)}, person.email ?? person.id ?? person.cio_id)),
          h('td.c-time', time(person.changed_at))))))
        : h('p.none', 'Nobody is in it'),
      next !== null && h('p', h('a', {href: href('people', null, {segment: segment.id})}, 'All of them')))],
  ]);
}

export const segments = {
  name: 'segments', kind: 'segments', title: 'Segments', key: 's',
  list: {
    columns,
    id: ({id}) => id,
    // Their numbers do not say which is new.
    short: true,
    watches: ['segments', 'people'],
    empty: () => [
      h('h3', 'No segments yet'),
      h('p', 'The App API makes them, and so does ', h('code', 'workspace.json'), ' of a seed.'),
    ],
  },
  detail: {read, draw, follows: ({kind}) => kind === 'people' || kind === 'segments'},
};
