// Webhooks: what was reported about messages, to whom, and whether it arrived.

import {get, post} from './api.mjs';
import {action, facts, h, head, mono, notice, part, sections, table} from './dom.mjs';
import {plural, state, time} from './format.mjs';
import {json} from './json.mjs';
import {href} from './route.mjs';

const status = (code) => code && h(code >= 300 ? 'span.failed' : 'span', code);

const columns = [
  {title: 'Time', look: 'c-time', cell: ({at}) => time(at)},
  {title: 'Metric', look: 'c-main', link: true, cell: ({object_type: of, metric}) => `${of} ${metric}`},
  {title: 'State', look: 'c-verdict', cell: (webhook) => state(webhook.state)},
  {title: 'Attempts', look: 'c-count', cell: ({attempts}) => attempts},
  {title: 'Status', look: 'c-status', cell: ({last_status: code}) => status(code)},
  {title: 'Next', look: 'c-time', cell: ({next_at}) => time(next_at)},
  {title: 'Delivery', look: 'c-person', cell: ({delivery_id: id}) => id && mono(id)},
  {title: 'To', look: 'c-why', cell: ({url}) => mono(url)},
];

async function drain() {
  const {sent} = await post('webhooks/drain', {});
  notice(`${plural(sent, 'webhook')} sent`);
}

function draw(root, webhook, {refresh}) {
  const {event_id: event, delivery_id: delivery, attempt_list: attempts = []} = webhook;
  const resend = async () => {
    await post(`webhooks/${event}/resend`, {});
    await refresh();
  };
  sections(root, [
    ['head', [webhook.state, webhook.metric], () => head(`${webhook.object_type} ${webhook.metric}`,
      h('p.line-up', state(webhook.state), h('span.actions', action('Resend', resend, {'data-testid': 'resend'}))))],
    ['about', webhook, () => facts([
      ['To', mono(webhook.url)], ['Happened', time(webhook.at)], ['Attempts', webhook.attempts],
      ['Last status', status(webhook.last_status)],
      ['Last error', webhook.last_error && h('span.failed', webhook.last_error)],
      ['Next attempt', time(webhook.next_at)],
      ['Message', delivery && h('a.mono', {href: href('messages', delivery)}, delivery)], ['Event id', mono(event)],
    ])],
    attempts.length > 0 && ['attempts', attempts, () => part('Attempts',
      table(['Time', 'Status', 'Error'], attempts.map((each) => [time(each.at), status(each.status), each.error])))],
    webhook.event && ['event', webhook.event, () => part('Event', json(webhook.event))],
  ]);
}

export const webhooks = {
  name: 'webhooks', kind: 'webhooks', title: 'Webhooks', key: 'w',
  list: {
    columns,
    // An event goes to each receiver under a number of its own.
    id: ({seq}) => seq,
    watches: ['webhooks'],
    filters: [{
      name: 'state', label: 'All states',
      options: ['waiting', 'accepted', 'failed', 'given_up'].map((name) => [name, name.replace('_', ' ')]),
    }],
    actions: () => [action('Send what is due', drain)],
    empty: () => [
      h('h3', 'No webhooks yet'),
      h('p', 'Name a receiver: ', h('code', '--webhook-url http://127.0.0.1:4000/webhooks'), ', or by ',
        h('code', 'POST /v1/reporting_webhooks'), '. Then send a message, and set its outcome under ',
        h('a', {href: href('messages')}, 'Messages'), '.'),
    ],
  },
  detail: {
    read: (id, signal) => get(`webhooks/${id}`, {}, signal),
    draw,
    follows: (change, id, {event_id: event}) => change.kind === 'webhooks' && [id, event].includes(change.id),
  },
};
