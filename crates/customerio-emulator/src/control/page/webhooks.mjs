// Webhooks: what was reported about messages, to whom, and whether it arrived.

import {get, post} from './api.mjs';
import {action, facts, h, notice, part, sections, table} from './dom.mjs';
import {plural, state, time} from './format.mjs';
import {json} from './json.mjs';
import {href} from './route.mjs';

const columns = [
  {title: 'Time', look: 'c-time', cell: ({at}) => time(at)},
  {title: 'Metric', look: 'c-main', link: true, cell: ({object_type, metric}) => `${object_type} ${metric}`},
  {title: 'State', look: 'c-verdict', cell: (each) => state(each.state)},
  {title: 'Attempts', look: 'c-count', cell: ({attempts}) => attempts},
  {title: 'Status', look: 'c-status', cell: ({last_status}) => last_status && h(last_status >= 300 ? 'span.number.failed' : 'span.number', null, last_status)},
  {title: 'Next', look: 'c-time', cell: ({next_at}) => time(next_at)},
  {title: 'Delivery', look: 'c-person', cell: ({delivery_id}) => delivery_id && h('span.mono', null, delivery_id)},
  {title: 'To', look: 'c-why', cell: ({url}) => h('span.mono', null, url)},
];

/** The one of this id. */
async function read(id, signal) {
  return get(`webhooks/${id}`, {}, signal);
}

async function drain() {
  const {sent} = await post('webhooks/drain', {});
  notice(`${plural(sent, 'webhook')} sent`);
}

function draw(root, webhook, {id, refresh}) {
  sections(root, [
    ['head', [webhook.state, webhook.metric], () => h('header.head', null,
      h('h2', {tabindex: '-1', id: 'detail-title'}, `${webhook.object_type} ${webhook.metric}`),
      h('p.line-up', null, state(webhook.state), h('span.actions', null, action('Resend', async () => {
        await post(`webhooks/${id}/resend`, {});
        await refresh();
      }, {'data-testid': 'resend'}))))],
    ['facts', webhook, () => facts([
      ['To', h('span.mono', null, webhook.url)], ['Happened', time(webhook.at)],
      ['Attempts', h('span.number', null, webhook.attempts)], ['Last status', webhook.last_status && h('span.number', null, webhook.last_status)],
      ['Last error', webhook.last_error && h('span.failed', null, webhook.last_error)], ['Next attempt', time(webhook.next_at)],
      ['Message', webhook.delivery_id && h('a.mono', {href: href('messages', webhook.delivery_id)}, webhook.delivery_id)],
      ['Event id', h('span.mono', null, webhook.event_id)],
    ])],
    webhook.attempt_list?.length > 0 && ['attempts', webhook.attempt_list, () => part('Attempts',
      table(['Time', 'Status', 'Error'], webhook.attempt_list.map((each) => [time(each.at), each.status, each.error])))],
    webhook.body && ['body', webhook.body, () => part('Body', json(webhook.body))],
  ]);
}

export const webhooks = {
  name: 'webhooks', kind: 'webhooks', title: 'Webhooks', key: 'w',
  list: {
    columns,
    id: ({event_id}) => event_id,
    watches: ['webhooks'],
    filters: [
      {name: 'state', label: 'All states', options: [['waiting', 'waiting'], ['accepted', 'accepted'], ['failed', 'failed'], ['given_up', 'given up']]},
    ],
    actions: () => [action('Send what is due', drain)],
    empty: () => [
      h('h2', null, 'No webhooks yet'),
      h('p', null, 'Name a receiver: ', h('code', null, '--webhook-url http://127.0.0.1:4000/webhooks'), ', or by ',
        h('code', null, 'POST /v1/reporting_webhooks'), '. Then send a message, and say under ', h('a', {href: href('messages')}, 'Messages'), ' what becomes of it.'),
    ],
  },
  detail: {read, draw, follows: (change, id) => change.kind === 'webhooks' && change.id === id},
};
