// Requests: what the application sent, what the service would do with it, and why.

import {get, getText} from './api.mjs';
import {copyButton, facts, h, part, sections, table} from './dom.mjs';
import {bytes, duration, short, time, verdict, VERDICTS} from './format.mjs';
import {body} from './json.mjs';
import {href} from './route.mjs';

const PAGE_OF = {person: 'people', event: 'events', message: 'messages', delivery: 'messages', segment: 'segments', webhook: 'webhooks'};

const status = (code) => h(code >= 400 ? 'span.number.failed' : 'span.number', null, code);

const columns = [
  {title: 'Time', look: 'c-time', cell: ({at}) => time(at, {millis: true})},
  {title: 'Method', look: 'c-method', cell: ({method}) => h('span.method', null, method)},
  {title: 'Path', look: 'c-main', link: true, cell: ({method, path}) => [h('span.narrow', null, `${method} `), h('span.mono', null, path)]},
  {title: 'Status', look: 'c-status', cell: (item) => status(item.status)},
  {title: 'Verdict', look: 'c-verdict', cell: (item) => verdict(item.verdict)},
  {title: 'Why', look: 'c-why', cell: ({why}) => why},
  {title: 'Person', look: 'c-person', cell: ({people}) => (people.length > 1 ? `${people[0]} +${people.length - 1}` : people[0])},
  {title: 'Client', look: 'c-client', cell: ({client}) => client},
];

const effect = ({kind, action, id, label}) => h('li', null,
  h('span.quiet', null, `${kind} ${action} `),
  PAGE_OF[kind] && action !== 'deleted' ? h('a', {href: href(PAGE_OF[kind], id)}, label ?? id) : label ?? id);

const problem = ({pointer, message}) => h('tr', {'data-testid': 'problem'},
  h('td.mono', null, pointer || 'whole body'), h('td', null, message));

function problems(title, list) {
  return part(title, h('table.data.problems', null,
    h('thead', null, h('tr', null, h('th', {scope: 'col'}, 'Where'), h('th', {scope: 'col'}, 'What'))),
    h('tbody', null, list.map(problem))));
}

/** Headers and body of a request or a response. */
function exchange(title, {headers, body: text, body_base64, bytes: size, truncated}, faults) {
  return part([title, h('span.quiet', null, ` ${bytes(size)}${truncated ? ', of which the emulator kept the beginning' : ''}`)],
    body_base64 ? h('p.none', null, 'The body is not text: it is shown in base64.') : null,
    body(body_base64 ?? text, faults),
    h('details', null, h('summary', null, `${headers.length} headers`), table(['Name', 'Value'], headers, {class: 'data mono'})));
}

function draw(root, request, {id}) {
  const {problem_list, deviations, effects} = request;
  const marks = [...problem_list, ...deviations];
  sections(root, [
    ['head', request, () => h('header.head', null,
      h('h2.mono', {tabindex: '-1', id: 'detail-title'}, `${request.method} ${request.path}`),
      h('p.line-up', null, verdict(request.verdict), status(request.status), time(request.at, {millis: true}),
        h('span.quiet', null, duration(request.micros)), h('span.actions', null, copyButton(() => getText(`requests/${id}/curl`), {'data-testid': 'curl'}, 'Copy as curl'))),
      request.why ? h('p.why', {'data-testid': 'why', class: `why ${VERDICTS[request.verdict]?.[1]}`}, request.why) : null,
      request.nearest ? h('p', null, 'The nearest route is ', h('code', null, request.nearest), '.') : null)],
    problem_list.length > 0 && ['problems', problem_list, () => problems('Problems', problem_list)],
    deviations.length > 0 && ['deviations', deviations, () => problems('Not in the contract', deviations)],
    request.fault && ['fault', request.fault, () => part('Fault', facts(Object.entries(request.fault).map(([name, value]) => [name, h('code', null, short(value))])))],
    ['effects', effects, () => part('What it changed', effects.length ? h('ul.plain', null, effects.map(effect)) : h('p.none', null, 'Nothing'))],
    ['request', marks, () => exchange('Request', request.request, marks)],
    ['response', 0, () => exchange('Response', request.response, [])],
    ['facts', 0, () => part('About it', facts([
      ['Number', h('span.number', null, request.seq)], ['Client', request.client],
      ['Route', request.route && h('a.mono', {href: href('requests', null, {route: request.route})}, request.route)],
      ['People', request.people.length > 0 && h('span.list', null, request.people.map((who) => h('a', {href: href('people', who)}, who)))],
    ]))],
  ]);
}

export const requests = {
  name: 'requests', kind: 'requests', title: 'Requests', key: 'r',
  list: {
    columns,
    id: ({seq}) => seq,
    filters: [
      {name: 'verdict', label: 'All verdicts', options: Object.entries(VERDICTS).map(([name, [word]]) => [name, word])},
      {name: 'method', label: 'All methods', options: ['GET', 'POST', 'PUT', 'DELETE'].map((name) => [name, name])},
    ],
    empty: () => [
      h('h2', null, 'No requests yet'),
      h('p', null, 'Point your application at ', h('code.base-url'), '. ', h('a', {href: href('setup')}, 'Setup'), ' has the settings of each client.'),
    ],
  },
  detail: {read: (id, signal) => get(`requests/${id}`, {}, signal), draw},
};
