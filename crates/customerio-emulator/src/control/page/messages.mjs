// Messages: what would have been sent, as the person would see it, and what becomes of it.

import {address, get, post} from './api.mjs';
import {action, facts, h, head, mono, notice, part, sections, table} from './dom.mjs';
import {bytes, CHANNELS, state, time} from './format.mjs';
import {json} from './json.mjs';
import {href, route} from './route.mjs';

const columns = [
  {title: 'Time', look: 'c-time', cell: ({queued_at}) => time(queued_at)},
  {title: 'Channel', look: 'c-channel', cell: ({channel}) => CHANNELS[channel] ?? channel},
  {title: 'Subject', look: 'c-main', link: true, cell: (message) => titleOf(message)},
  {title: 'To', look: 'c-person', cell: ({to, person}) => to ?? person?.label},
  {title: 'State', look: 'c-verdict', cell: (message) => state(message.state)},
  {title: 'Template', look: 'c-type', cell: ({template, broadcast: of}) => template ?? (of && `broadcast ${of}`)},
  {title: 'Problem', look: 'c-why', cell: ({problem}) => problem},
];

const titleOf = ({subject, title, preview, delivery_id: id}) => subject || title || preview || mono(id);

const STATES = [
  'queued', 'sent', 'delivered', 'opened', 'clicked', 'converted', 'bounced', 'unsubscribed', 'failed', 'undeliverable',
  'drafted',
];

// What is shown

const WIDTHS = ['360', '600', 'full'];
/** The messages whose remote images may load: asked for one by one, and forgotten when the page goes. */
const withImages = new Set();

function frame(id, look) {
  return h('iframe', {
    class: `frame ${look}`, title: 'The message, without scripts', 'data-testid': 'message-frame',
    sandbox: 'allow-popups allow-popups-to-escape-sandbox', referrerpolicy: 'no-referrer',
    src: address(`messages/${id}/html`, {images: withImages.has(id) ? '1' : null}),
  });
}

/** A link to the same message, shown otherwise. */
const shown = (id, change) => href('messages', id, {...Object.fromEntries(route().params), ...change});

function email(message, {id, refresh, width}) {
  const images = withImages.has(id);
  const toggle = () => {
    if (images) withImages.delete(id);
    else withImages.add(id);
    refresh();
  };
  return h('div.preview',
    h('p.line-up.tools',
      h('span.group', {role: 'group', 'aria-label': 'Width'}, WIDTHS.map((each) => h('a.button', {
        href: shown(id, {width: each}), 'aria-current': each === width ? 'true' : null,
      }, each))),
      h('button', {
        type: 'button', 'data-testid': 'images', 'aria-pressed': String(images), onclick: toggle,
        title: 'Your browser fetches them from where the message says',
      }, images ? 'Remote images are on' : 'Load remote images')),
    frame(id, `w-${width}`));
}

/** Push, SMS and their like: as they stand on a phone. */
function phone(message, {id}) {
  const {channel, title, body, image, link, from} = message;
  const isBubble = channel === 'sms' || channel === 'whatsapp';
  return h('div.phone', {role: 'group', 'aria-label': `${CHANNELS[channel]} on a phone`},
    h('p.quiet', isBubble ? from ?? 'Your sender' : 'now'),
    channel === 'in_app' && message.html ? frame(id, 'w-phone') : h(isBubble ? 'div.bubble' : 'div.card',
      title ? h('b', title) : null, h('p', body ?? ''), image ? h('p.quiet', 'Image ', mono(image)) : null),
    link ? h('p.quiet', 'Opens ', mono(link)) : null);
}

function source({source: parts, problems}) {
  const there = Object.entries(parts).filter(([, text]) => text);
  return h('div.preview', there.map(([name, text]) => part(name, h('pre.code.numbered', {tabindex: '0'},
    text.replace(/\n$/, '').split('\n').map((line, at) => {
      const found = problems.filter((each) => each.where === name && each.line === at + 1);
      return [
        h(found.length ? 'span.line.faulty' : 'span.line', {'data-line': at + 1}, line, '\n'),
        ...found.map(({message}) => h('span.line.remark', message, '\n')),
      ];
    })))));
}

/** Only what leads to the web is a link: a message may name anything. */
const external = (url) => (/^https?:/i.test(url)
  ? h('a.mono.long', {href: url, target: '_blank', rel: 'noopener noreferrer'}, url) : h('span.mono.long', url));

/** The page of the emulator that a link of the message leads to: it opens in a tab of its own, because the frame sends no form. */
function ownPage({links: urls, delivery_id: id}, path) {
  const url = urls.find((each) => each.endsWith(`/${path}/${id}`));
  return url && external(url);
}

function links({links: urls, can}, {id, refresh}) {
  return table(['Link', ''], urls.map((url) => [
    external(url), can.includes('clicked') && action('Clicked', () => become(id, {outcome: 'clicked', url}, refresh)),
  ]));
}

const attachments = ({attachments: files}, {id}) => table(['Name', 'Type', 'Size'], files.map((each) => [
  h('a', {href: address(`messages/${id}/attachments/${each.name}`), download: each.name}, each.name),
  each.content_type, bytes(each.bytes),
]));

const history = ({outcomes}) => table(['Time', 'Outcome', 'Detail'],
  outcomes.map(({at, outcome, detail}) => [time(at), state(outcome), detail]));

/** The ways to look at a message: a word, whether it has that, and what it shows. */
const VIEWS = [
  ['preview', ({channel, html, body}) => html || (channel !== 'email' && body),
    (message, context) => (message.channel === 'email' ? email : phone)(message, context)],
  ['text', ({text}) => text, ({text}) => h('pre.code.wrapped', {tabindex: '0'}, text)],
  ['source', ({source: parts}) => parts && Object.values(parts).some(Boolean), source],
  ['data', () => true, ({data}) => json(data ?? {})],
  ['headers', ({headers}) => headers.length, ({headers}) => table(['Name', 'Value'], headers, {class: 'data mono'})],
  ['links', ({links: urls}) => urls.length, links],
  ['attachments', ({attachments: files}) => files.length, attachments],
  ['history', ({outcomes}) => outcomes.length, history],
];

// What becomes of it

async function become(id, outcome, refresh) {
  const {event_id: event} = await post(`messages/${id}/outcome`, outcome);
  notice(`${outcome.outcome}: ${event ? 'a webhook reports it' : 'nobody receives webhooks'}`);
  await refresh();
}

function buttons({can, links: urls}, {id, refresh}) {
  return h('p.line-up.outcomes', h('span.quiet', 'Make it'),
    h('span.group', {role: 'group', 'aria-label': 'Outcome'}, can.map((outcome) => action(
      outcome.replaceAll('_', ' '),
      () => become(id, outcome === 'clicked' ? {outcome, url: urls[0]} : {outcome}, refresh),
      {'data-testid': `outcome-${outcome}`}))));
}

// The detail

const problem = ({where, line, message}) => h('li', {'data-testid': 'problem'},
  mono(line ? `${where}, line ${line}` : where), ` ${message}`);

function about(message) {
  const {person, to, request} = message;
  const link = (label) => h('a', {href: href('people', person.cio_id)}, label);
  const isTo = person?.label === to;
  return facts([
    ['To', isTo ? link(to) : to], ['Person', person && !isTo && link(person.label)],
    ['From', message.from], ['Reply to', message.reply_to], ['Cc', message.cc], ['Bcc', message.bcc],
    ['Template', message.template], ['Broadcast', message.broadcast], ['Send at', time(message.send_at)],
    ['Request', request && h('a', {href: href('requests', request)}, request)],
    ['Unsubscribe', ownPage(message, 'unsubscribe')],
    ['Preferences', ownPage(message, 'manage_subscription_preferences')],
    ['Delivery', mono(message.delivery_id)],
  ]);
}

async function read(id, signal) {
  const message = await get(`messages/${id}`, {}, signal);
  // What a channel does not have may be left out.
  return {can: [], problems: [], headers: [], links: [], attachments: [], outcomes: [], ...message};
}

function draw(root, message, context) {
  const {id} = context;
  const {params} = route();
  const views = VIEWS.filter(([, has]) => has(message));
  const [name, , show] = views.find(([each]) => each === params.get('tab')) ?? views[0];
  const width = WIDTHS.includes(params.get('width')) ? params.get('width') : 'full';
  const {can, outcomes, state: now, problem: failure, problems, ...content} = message;
  const changing = {history: outcomes, links: can}[name];
  sections(root, [
    ['head', [content, now], () => head(titleOf(message),
      h('p.line-up', state(now), h('span.quiet', CHANNELS[message.channel]), time(message.queued_at)))],
    can.length > 0 && ['outcomes', can, () => buttons(message, context)],
    failure && ['why', failure, () => h('p.why.bad', {'data-testid': 'why'}, failure)],
    problems.length > 0 && ['problems', problems, () => h('ul.plain.problems', problems.map(problem))],
    ['about', content, () => about(message)],
    ['views', [views.map(([each]) => each), name, params.toString()], () => h('nav.tabs', {'aria-label': 'Views'},
      views.map(([each]) => h('a', {
        href: shown(id, {tab: each}), 'aria-current': each === name ? 'page' : null, 'data-testid': `tab-${each}`,
      }, each)))],
    ['view', [name, width, withImages.has(id), changing, content],
      () => h('div.view', show(message, {...context, width}))],
  ]);
}

export const messages = {
  name: 'messages', kind: 'messages', title: 'Messages', key: 'm',
  list: {
    columns,
    id: ({delivery_id: id}) => id,
    watches: ['messages'],
    filters: [
      {name: 'channel', label: 'All channels', options: Object.entries(CHANNELS)},
      {name: 'outcome', label: 'All states', options: STATES.map((each) => [each, each])},
    ],
    empty: () => [
      h('h3', 'No messages yet'),
      h('p', 'Send one by the App API: ', h('code', 'POST /v1/send/email'), '. Each client under ',
        h('a', {href: href('setup')}, 'Setup'), ' has a program that does.'),
    ],
  },
  detail: {read, draw, follows: (change, id) => change.kind === 'messages' && change.id === id},
};
