// Requests: what the application sent, what the service would do with it, and why.

import {get, getText} from './api.mjs';
import {copyButton, facts, h, head, mono, part, sections, table} from './dom.mjs';
import {bytes, duration, short, time, verdict, VERDICTS} from './format.mjs';
import {body} from './json.mjs';
import {href} from './route.mjs';

/** What one of a kind is called; those have pages. */
const ONE = {people: 'person', events: 'event', messages: 'message', segments: 'segment', webhooks: 'webhook'};

const status = (code) => h(code >= 400 ? 'span.failed' : 'span', code);

const columns = [
  {title: 'Time', look: 'c-time', cell: ({at}) => time(at, {millis: true})},
  {title: 'Method', look: 'c-method', cell: ({method}) => h('span.method', method)},
  {title: 'Path', look: 'c-main', link: true, cell: ({method, path}) => [h('span.narrow.method', `${method} `), mono(path)]},
  {title: 'Status', look: 'c-status', cell: (request) => status(request.status)},
  {title: 'Verdict', look: 'c-verdict', cell: (request) => verdict(request.verdict)},
  {title: 'Why', look: 'c-why', cell: ({why}) => why},
  {title: 'Person', look: 'c-person', cell: ({people: [one, ...more]}) => (more.length ? `${one} +${more.length}` : one)},
  {title: 'Client', look: 'c-client', cell: ({client}) => client},
];

const effect = ({kind, action, id, label}) => h('li', h('span.quiet', `${ONE[kind] ?? kind} ${action} `),
  ONE[kind] && action !== 'deleted' ? h('a', {href: href(kind, id)}, label || id) : label || id);

const problems = (title, list) => part(title, h('table.data.problems',
  h('thead', h('tr', h('th', {scope: 'col'}, 'Where'), h('th', {scope: 'col'}, 'What'))),
  h('tbody', list.map(({pointer, message}) => h('tr', {'data-testid': 'problem'},
    h('td.mono', pointer || 'whole body'), h('td', message))))));

/** Headers and body of a request or a response. */
function exchange(title, {headers = [], body: text, body_base64: base64, bytes: size, truncated}, marks) {
  const cut = truncated ? ', of which the emulator keeps the beginning' : '';
  return part([title, h('span.quiet', ` ${bytes(size)}${cut}`)],
    base64 ? h('p.none', 'The body is not text: here it is in base64.') : null, body(base64 ?? text, marks),
    headers.length ? h('details', h('summary', `${headers.length} headers`),
      table(['Name', 'Value'], headers, {class: 'data mono'})) : null);
}

function draw(root, request, {id}) {
  const {problem_list: faults, deviations, effects, fault, nearest, people, route} = request;
  const marks = [...faults, ...deviations];
  sections(root, [
    ['head', request, () => head(mono(`${request.method} ${request.path}`),
      h('p.line-up', verdict(request.verdict), status(request.status), time(request.at, {millis: true}),
        h('span.quiet', duration(request.micros)),
        h('span.actions', copyButton(() => getText(`requests/${id}/curl`), {'data-testid': 'curl'}, 'Copy as curl'))),
      request.why ? h(`p.why.${VERDICTS[request.verdict]?.[1]}`, {'data-testid': 'why'}, request.why) : null,
      nearest ? h('p', 'The nearest route is ', h('code', nearest), '.') : null)],
    faults.length > 0 && ['problems', faults, () => problems('Problems', faults)],
    deviations.length > 0 && ['deviations', deviations, () => problems('Not in the contract', deviations)],
    fault && ['fault', fault, () => part('Fault',
      facts(Object.entries(fault).map(([name, value]) => [name, mono(short(value))])))],
    ['effects', effects, () => part('What it changed',
      effects.length ? h('ul.plain', effects.map(effect)) : h('p.none', 'Nothing'))],
    ['request', marks, () => exchange('Request', request.request, marks)],
    ['response', 0, () => exchange('Response', request.response, [])],
    ['about', 0, () => part('About it', facts([
      ['Number', request.seq], ['Client', request.client],
      ['Route', route && h('a.mono', {href: href('requests', null, {route})}, route)],
      ['People', people.length > 0 && h('span.list', people.map((who) => h('a', {href: href('people', who)}, who)))],
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
      h('h3', 'No requests yet'),
      h('p', 'Point your application at ', h('code.base-url', location.origin), '. ',
        h('a', {href: href('setup')}, 'Setup'), ' has the settings of each client.'),
    ],
  },
  detail: {read: (id, signal) => get(`requests/${id}`, {}, signal), draw},
};
