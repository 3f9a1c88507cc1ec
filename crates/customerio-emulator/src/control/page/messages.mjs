// Messages: what would have been sent, as the person would see it, and what becomes of it.

import {address, get, post} from './api.mjs';
import {action, facts, h, notice, part, sections, table} from './dom.mjs';
import {bytes, CHANNELS, state, time} from './format.mjs';
import {json} from './json.mjs';
import {href, route} from './route.mjs';

const columns = [
  {title: 'Time', look: 'c-time', cell: ({queued_at}) => time(queued_at)},
  {title: 'Channel', look: 'c-channel', cell: ({channel}) => CHANNELS[channel] ?? channel},
  {title: 'Subject', look: 'c-main', link: true, cell: ({subject, preview, delivery_id}) => [subject ?? preview ?? h('span.mono', null, delivery_id)]},
  {title: 'To', look: 'c-person', cell: ({to, person}) => to ?? person?.label},
  {title: 'State', look: 'c-verdict', cell: (message) => state(message.state)},
  {title: 'Template', look: 'c-type', cell: ({template, broadcast}) => template ?? (broadcast === null ? null : `broadcast ${broadcast}`)},
  {title: 'Problem', look: 'c-why', cell: ({problem}) => problem},
];

const WIDTHS = ['360', '600', 'full'];
/** The messages whose remote images may load: asked for one by one, and forgotten when the page goes. */
const withImages = new Set();

const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

function frame(id, look) {
  const src = address(`messages/${id}/html`, {images: withImages.has(id) ? '1' : null});
  return h('iframe', {class: `frame ${look}`, sandbox: SANDBOX, src, title: 'The message, without scripts', 'data-testid': 'message-frame', referrerpolicy: 'no-referrer'});
}

/** A link to the same message, shown otherwise. */
const shown = (id, change) => href('messages', id, {...Object.fromEntries(route().params), ...change});

function html(message, {id, refresh, width}) {
  const images = withImages.has(id);
  const toggle = () => {
    if (images) withImages.delete(id);
    else withImages.add(id);
    refresh();
  };
  return h('div.preview', null,
    h('p.line-up.tools', null,
      h('span.group', {role: 'group', 'aria-label': 'Width'}, WIDTHS.map((each) => h('a.button', {href: shown(id, {width: each}), 'aria-current': each === width ? 'true' : null}, each))),
      h('button', {type: 'button', 'data-testid': 'images', 'aria-pressed': String(images), title: 'They are fetched by your browser from where the message says', onclick: toggle}, images ? 'Remote images are on' : 'Load remote images')),
    frame(id, `w-${width}`));
}

/** Push, SMS and their like: as they stand on a phone. */
function phone(message, id) {
  const {channel, title, body: text, image, link} = message;
  const bubble = channel === 'sms' || channel === 'whatsapp';
  const content = channel === 'in_app' && message.html ? frame(id, 'w-phone')
    : h(bubble ? 'div.bubble' : 'div.card', null, title ? h('b', null, title) : null, h('p', null, text ?? ''), image ? h('p.quiet', null, 'Image ', h('span.mono', null, image)) : null);
  return h('div.phone', {role: 'group', 'aria-label': `${CHANNELS[channel] ?? channel} on a phone`},
    h('p.quiet', null, bubble ? message.from ?? 'Your sender' : 'now'), content,
    link ? h('p.quiet', null, 'Opens ', h('span.mono', null, link)) : null);
}

const external = (url) => (/^https?:/i.test(url) ? h('a.mono.long', {href: url, target: '_blank', rel: 'noopener noreferrer'}, url) : h('span.mono.long', null, url));

function source({source: parts, problems}) {
  return h('div', null, Object.entries(parts).filter(([, text]) => text).map(([name, text]) => part(name, sourceLines(text, problems.filter(({where}) => where === name)))));
}

function sourceLines(text, problems) {
  const code = h('pre.code.numbered', {tabindex: '0'});
  for (const [at, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const found = problems.filter((each) => each.line === at + 1);
    code.append(h(found.length ? 'span.line.faulty' : 'span.line', {'data-line': at + 1}, line, '\n'), ...found.map((each) => h('span.line.remark', null, each.message, '\n')));
  }
  return code;
}

/** The ways to look at a message: a word, whether it has that, and what it shows. */
const VIEWS = [
  ['preview', ({channel, html: text, body: content}) => text || (channel !== 'email' && content), (message, context) => (message.channel === 'email' ? html(message, context) : phone(message, context.id))],
  ['text', ({text}) => text, ({text}) => h('pre.code.wrapped', {tabindex: '0'}, text)],
  ['source', ({source: parts}) => parts && Object.values(parts).some(Boolean), source],
  ['data', () => true, ({data}) => json(data ?? {})],
  ['headers', ({headers}) => headers?.length, ({headers}) => table(['Name', 'Value'], headers, {class: 'data mono'})],
  ['links', ({links}) => links?.length, ({links, can}, {id, refresh}) => table(['Link', ''], links.map((url) => [external(url), can.includes('clicked') && action('Clicked', () => become(id, {outcome: 'clicked', url}, refresh))]))],
  ['attachments', ({attachments}) => attachments?.length, ({attachments}, {id}) => table(['Name', 'Type', 'Size'], attachments.map((each) => [h('a', {href: address(`messages/${id}/attachments/${each.name}`), download: each.name}, each.name), each.content_type, bytes(each.bytes)]))],
  ['history', ({outcomes}) => outcomes?.length, ({outcomes}) => table(['Time', 'Outcome', 'Detail'], outcomes.map((each) => [time(each.at), state(each.outcome), each.detail]))],
];

async function become(id, outcome, refresh) {
  const {event_id} = await post(`messages/${id}/outcome`, outcome);
  notice(event_id ? `${outcome.outcome}: a webhook reports it` : `${outcome.outcome}: nobody receives webhooks`);
  await refresh();
}

function outcomes({can, links}, id, refresh) {
  const button = (name) => action(name.replaceAll('_', ' '), () => become(id, name === 'clicked' ? {outcome: name, url: links?.[0]} : {outcome: name}, refresh), {'data-testid': `outcome-${name}`});
  return h('p.line-up.outcomes', null, h('span.quiet', null, 'Make it'), h('span.group', {role: 'group', 'aria-label': 'What becomes of it'}, can.map(button)));
}

function draw(root, message, {id, refresh}) {
  const {params} = route();
  const views = VIEWS.filter(([, has]) => has(message));
  const view = views.find(([name]) => name === params.get('tab')) ?? views[0];
  const width = WIDTHS.includes(params.get('width')) ? params.get('width') : 'full';
  const [name, , show] = view;
  const {can, outcomes: history, state: now, ...content} = message;
  const title = message.subject ?? message.title ?? message.preview ?? `${CHANNELS[message.channel]} ${message.delivery_id}`;
  sections(root, [
    ['head', [title, now], () => h('header.head', null, h('h2', {tabindex: '-1', id: 'detail-title'}, title), h('p.line-up', null, state(now), h('span.quiet', null, CHANNELS[message.channel]), time(message.queued_at)))],
    can.length > 0 && ['outcomes', [can, message.links], () => outcomes(message, id, refresh)],
    message.problems.length > 0 && ['problems', message.problems, () => h('ul.plain.problems', null, message.problems.map((each) => h('li', {'data-testid': 'problem'}, h('span.mono', null, each.line ? `${each.where}, line ${each.line}` : each.where), ` ${each.message}`)))],
    message.problem && !message.problems.length && ['problem', message.problem, () => h('p.why.bad', {'data-testid': 'why'}, message.problem)],
    ['facts', content, () => facts([
      ['To', message.person && message.to === message.person.label ? h('a', {href: href('people', message.person.cio_id)}, message.to) : message.to],
      ['Person', message.person && message.to !== message.person.label && h('a', {href: href('people', message.person.cio_id)}, message.person.label)],
      ['From', message.from], ['Reply to', message.reply_to], ['Cc', message.cc], ['Bcc', message.bcc],
      ['Template', message.template], ['Broadcast', message.broadcast], ['Send at', time(message.send_at)],
      ['Request', message.request && h('a', {href: href('requests', message.request)}, message.request)],
      ['Delivery', h('span.mono', null, message.delivery_id)],
    ])],
    ['views', [views.map(([each]) => each), name, params.toString()], () => h('nav.tabs', {'aria-label': 'Views of the message'}, views.map(([each]) => h('a', {href: shown(id, {tab: each}), 'aria-current': each === name ? 'page' : null, 'data-testid': `tab-${each}`}, each)))],
    ['view', [name, width, withImages.has(id), name === 'history' ? history : name === 'links' ? can : null, content], () => h('div.view', null, show(message, {id, refresh, width}))],
  ]);
}

export const messages = {
  name: 'messages', kind: 'messages', title: 'Messages', key: 'm',
  list: {
    columns,
    id: ({delivery_id}) => delivery_id,
    watches: ['messages'],
    filters: [
      {name: 'channel', label: 'All channels', options: Object.entries(CHANNELS)},
      {name: 'outcome', label: 'All states', options: ['queued', 'sent', 'delivered', 'opened', 'clicked', 'converted', 'bounced', 'unsubscribed', 'failed', 'drafted'].map((each) => [each, each])},
    ],
    empty: () => [
      h('h2', null, 'No messages yet'),
      h('p', null, 'Send one by the App API: ', h('code', null, 'POST /v1/send/email'), '. Each client under ', h('a', {href: href('setup')}, 'Setup'), ' has a program that does.'),
    ],
  },
  detail: {read: (id, signal) => get(`messages/${id}`, {}, signal), draw, follows: (change, id) => change.kind === 'messages' && change.id === id},
};
