// Segments: which there are, and who is in each.

import {get} from './api.mjs';
import {facts, h, part, sections} from './dom.mjs';
import {time} from './format.mjs';
import {href} from './route.mjs';

const MEMBERS = 50;

const columns = [
  {title: 'Id', look: 'c-id', cell: ({id}) => h('span.mono', null, id)},
  {title: 'Name', look: 'c-main', link: true, cell: ({name}) => name},
  {title: 'People', look: 'c-count', cell: ({people}) => people.toLocaleString('en')},
  {title: 'Description', look: 'c-why', cell: ({description}) => description},
];

async function read(id, signal) {
  const [{items}, members] = await Promise.all([
    get('segments', {limit: 1000}, signal), get('people', {segment: id, limit: MEMBERS}, signal),
  ]);
  const segment = items.find((each) => String(each.id) === id);
  if (!segment) throw new Error(`there is no segment ${id}: a seed can have it, and so can the first call that names it`);
  return {segment, members};
}

function draw(root, {segment, members}) {
  const {items, next} = members;
  sections(root, [
    ['head', segment, () => h('header.head', null, h('h2', {tabindex: '-1', id: 'detail-title'}, segment.name),
      segment.description ? h('p', null, segment.description) : null,
      facts([['Id', h('span.mono', null, segment.id)], ['People', segment.people.toLocaleString('en')]]))],
    ['members', members.items, () => part('People',
      items.length ? h('table.data', null,
        h('thead', null, h('tr', null, h('th', {scope: 'col'}, 'Person'), h('th', {scope: 'col'}, 'Changed'))),
        h('tbody', null, items.map((person) => h('tr', null,
          h('td', null, h('a', {href: href('people', person.cio_id)}, person.email ?? person.id ?? person.cio_id)), h('td.c-time', null, time(person.changed_at))))))
        : h('p.none', null, 'Nobody is in it'),
      next !== null && h('p', null, h('a', {href: href('people', null, {segment: segment.id})}, `All ${segment.people.toLocaleString('en')} people`)))],
  ]);
}

export const segments = {
  name: 'segments', kind: 'segments', title: 'Segments', key: 's',
  list: {
    columns,
    id: ({id}) => id,
    watches: ['segments', 'people'],
    empty: () => [
      h('h2', null, 'No segments yet'),
      h('p', null, 'They are made by the App API, by the first call that names one, or by ', h('code', null, 'workspace.json'), ' of a seed.'),
    ],
  },
  detail: {read, draw, follows: ({kind}) => kind === 'people' || kind === 'segments'},
};
