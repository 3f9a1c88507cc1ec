// Every call of the vendor's clients for Node that the emulator models, by one client: `node node.mjs track`. Prints what
// it has done as JSON: the client's version, how many calls, and what became of those that failed.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { OFFICIAL_CLIENTS, BASE_URL: url, SITE_ID, TRACK_API_KEY, PIPELINES_KEY, APP_API_KEY } = process.env
const root = `${OFFICIAL_CLIENTS}/node/`
const require = createRequire(root)
const versionOf = (name) => JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`)).version

let calls = 0
const failed = []
async function call(what, promise) {
  calls += 1
  try {
    return await promise
  } catch (error) {
    failed.push(`${what}: ${error}`)
  }
}

/** Makes calls one after the other, as `[method, ...arguments]`. */
async function each(client, list) {
  for (const [method, ...args] of list) await call(method, client[method](...args))
}

const once = { retry: { maxRetries: 0 } }
const longUrl = `https://example.com/docs?${'x'.repeat(300)}`

async function track() {
  const { TrackClient } = require('customerio-node')
  const client = new TrackClient(SITE_ID, TRACK_API_KEY, { ...once, url: `${url}/api/v1` })
  const person = (action, more) => ({ type: 'person', identifiers: { id: '1' }, action, ...more })
  const object = { type: 'object', identifiers: { object_type_id: '1', object_id: 'acme' }, action: 'identify' }
  await each(client, [
    ['identify', '1', { email: 'ada@example.com', plan: 'pro', created_at: 1700000000, anonymous_id: 'cookie' }],
    ['identify', 2],
    ['identify', 'bob@example.com', { first_name: 'Bob' }],
    ['track', '1', { name: 'signup' }],
    ['track', '1', { name: 'purchase', data: { price: 23.45 }, timestamp: 1700000000 }],
    ['trackAnonymous', 'cookie', { name: 'visit', data: { path: '/' } }],
    ['trackAnonymous', 7, { name: 'visit' }],
    ['trackAnonymous', '', { name: 'invite', data: { recipient: 'carol@example.com' } }],
    ['trackPageView', '1', '/pricing'],
    ['trackPageView', '1', longUrl],
    ['trackPush', { delivery_id: 'RPIL', event: 'opened', device_id: 't', timestamp: 1700000000 }],
    ['reportMetric', { delivery_id: 'RPIL', metric: 'clicked', href: 'https://example.com', timestamp: 1700000000 }],
    ['addDevice', '1', 't', 'ios'],
    ['addDevice', '1', 'u', 'android', { last_used: 1700000000, device_model: 'x' }],
    ['deleteDevice', '1', 't'],
    ['addCustomersToSegment', 7, ['1', 2]],
    ['addCustomersToSegment', 7, ['bob@example.com'], 'email'],
    ['removeCustomersFromSegment', 7, [2]],
    ['submitForm', 'contact', { email: 'dora@example.com', topic: 'sales' }],
    ['submitForm', 'contact', { id: '1', topic: 'support' }],
    ['mergeCustomers', 'id', '1', 'id', 2],
    ['entity', object],
    ['entity', person('event', { name: 'moved', attributes: { to: 'London' } })],
    ['entity', { ...person('page', { name: longUrl }), identifiers: { id: 1 } }],
    ['batch', [
      person('identify', { attributes: { plan: 'team' } }),
      person('add_device', { device: { token: 'v', platform: 'ios', last_used: 1700000000 } }),
      person('add_relationships', { cio_relationships: [{ identifiers: object.identifiers }] }),
    ]],
    ['getAccountRegion'],
    ['unsubscribe', 'RPIL'],
    ['unsubscribe', 'RPIL', false],
    ['suppress', 'erin'],
    ['unsuppress', 'erin'],
    ['identify', 'gone'],
    ['destroy', 'gone'],
  ])
  return versionOf('customerio-node')
}

async function app() {
  const node = require('customerio-node')
  const client = new node.APIClient(APP_API_KEY, { ...once, url: `${url}/v1` })
  const identifiers = { id: '42' }
  const ofAll = { queue_draft: false, message_data: { name: 'Ada' }, send_at: 1, language: 'en' }
  const ofMost = { ...ofAll, disable_message_retention: true }
  const template = { transactional_message_id: 'welcome', identifiers }
  const email = new node.SendEmailRequest({
    ...template, ...ofMost, to: '"Lovelace, Ada" <ada@example.com>', from: '"Shop" <shop@example.com>', subject: 'Hi',
    body: '<p>Ho</p>', body_plain: 'Ho', body_amp: 'Ho', preheader: 'p', reply_to: 'r@example.com', bcc: 'b@example.com',
    fake_bcc: false, headers: { 'X-Tag': 'a' }, send_to_unsubscribed: true, tracked: true, disable_css_preprocessing: true,
  })
  email.attach('invoice.pdf', 'invoice')
  const own = { to: 'ada@example.com', from: 'shop@example.com', subject: 'Hi', body: 'Ho' }
  const device = { token: 't', platform: 'ios', last_used: 1700000000, attributes: { device_model: 'x' } }
  const push = {
    ...template, ...ofMost, to: 'all', title: 'Hi', message: 'Ho', image_url: 'https://example.com/i.png', link: 'app://1',
    sound: 'default', send_to_unsubscribed: true, custom_data: { order: 'A-17' }, device,
    custom_payload: { ios: { aps: { alert: 'Hi', badge: 1 } }, android: { message: { data: { a: 'b' } } } },
  }
  const to = '+14155552671'
  await each(client, [
    ['sendEmail', email],
    ['sendEmail', new node.SendEmailRequest({ ...own, identifiers: { email: 'ada@example.com' } })],
    ['sendEmail', new node.SendEmailRequest({ to: 'ada@example.com', transactional_message_id: 7, identifiers: { id: 42 } })],
    ['sendPush', new node.SendPushRequest(push)],
    ['sendPush', new node.SendPushRequest(template)],
    ['sendSMS', new node.SendSMSRequest({ ...template, ...ofMost, to, send_to_unsubscribed: true })],
    ['sendWhatsApp', new node.SendWhatsAppRequest({ ...template, ...ofMost, to, from: to, tracked: true, send_to_unsubscribed: true })],
    ['sendInboxMessage', new node.SendInboxMessageRequest({ ...template, ...ofMost })],
    ['sendInApp', new node.SendInAppRequest({ ...template, ...ofAll })],
    ['sendInApp', new node.SendInAppRequest({ ...template, ...ofMost })],
    // One broadcast each: the next trigger of the same must wait for 10 seconds.
    ['triggerBroadcast', 1],
    ['triggerBroadcast', 2, { headline: 'Hi' }],
    ['triggerBroadcast', 3, { headline: 'Hi' }, { segment: { id: 7 } }],
    ['triggerBroadcast', 4, {}, { ids: ['42'], id_ignore_missing: true }],
    ['triggerBroadcast', 5, {}, { emails: ['ada@example.com'], email_ignore_missing: true, email_add_duplicates: false }],
    ['triggerBroadcast', 6, {}, { per_user_data: [{ id: '42', data: { voucher: 'x' } }], id_ignore_missing: true }],
    ['triggerBroadcast', 7, {}, { data_file_url: 'https://example.com/people.jsonl' }],
    ['createSegment', { name: 'VIPs', description: 'Those who matter' }],
    ['getSegmentMembership', 7],
    ['getSegmentMembership', 7, { limit: 10 }],
    ['getCustomerSegments', '42'],
    ['getCustomerSegments', 'grace@example.com', 'email'],
  ])
  await each(client, reads)
  return versionOf('customerio-node')
}

const newsletter = {
  type: 'email', name: 'May', subject: 'Hi', body: 'Ho', recipients: { and: [{ or: [{ segment: { id: 7 } }] }] },
}
const webhook = { name: 'shop', endpoint: 'https://example.com/hook', events: ['email_sent'] }
const file = { name: 'May', type: 'people', identifier: 'id', data_file_url: 'https://example.com/people.csv' }

/** Of the App API what reads what is there, and makes what a team has. */
const reads = [
  ['getCustomersByEmail', 'grace@example.com'],
  ['searchCustomers', { attribute: { field: 'email', operator: 'exists' } }, { limit: 10 }],
  ['getAttributes', '42'],
  ['getAttributes', 'grace@example.com', 'email'],
  ['getCustomersAttributes', ['42', 43]],
  ['getCustomerActivities', '42', { limit: 10, type: 'event' }],
  ['getCustomerMessages', '42', { limit: 10 }],
  ['getCustomerRelationships', '42', { limit: 10 }],
  ['getCustomerSubscriptionPreferences', '42', { language: 'fr' }],
  ['listActivities', { limit: 10, customerId: '42' }],
  ['getMessages', { limit: 10, transactional_id: 7, associations: true }],
  ['listTransactionalMessages'],
  ['getTransactionalMessage', 7],
  ['getTransactionalMessageDeliveries', 7, { limit: 10, state: 'sent' }],
  ['getBroadcastTriggers', 1],
  ['getBroadcastTriggerStatus', 1, 1],
  ['getBroadcastTriggerErrors', 1, 1, { limit: 10 }],
  ['listSegments'],
  ['getSegment', 7],
  ['getSegmentCustomerCount', 7],
  ['getSegmentUsedBy', 7],
  ['listObjectTypes'],
  ['findObjects', '1', { object_attribute: { field: 'name', operator: 'exists', type_id: '1' } }],
  ['listSubscriptionTopics'],
  ['listSubscriptionChannels'],
  ['getSubscriptionCenterToken', '42'],
  ['getSenderIdentities', { limit: 10, sort: 'desc', hidden: false }],
  ['listWorkspaces'],
  ['getIpAddresses'],
  ['createCollection', { name: 'events', data: [{ town: 'London' }] }],
  ['listCollections'],
  ['getCollection', 1],
  ['updateCollection', 1, { name: 'shows' }],
  ['updateCollectionContent', 1, [{ town: 'Paris' }]],
  ['getCollectionContent', 1],
  ['deleteCollection', 1],
  ['createSnippet', { name: 'address', value: '1 Main St' }],
  ['updateSnippet', { name: 'address', value: '2 Main St' }],
  ['getSnippets'],
  ['deleteSnippet', 'address'],
  ['createImport', file],
  ['getImport', 1],
  ['createNewsletter', newsletter],
  ['listNewsletters', { limit: 10, sort: 'asc' }],
  ['getNewsletter', 1],
  ['scheduleNewsletter', 1, { scheduled_at: 4000000000, timezone: 'Europe/London' }],
  ['sendNewsletter', 1],
  ['deleteNewsletter', 1],
  ['createReportingWebhook', webhook],
  ['listReportingWebhooks'],
  ['updateReportingWebhook', 1, { disabled: true }],
  ['getReportingWebhook', 1],
  ['deleteReportingWebhook', 1],
  ['createSuppression', 'bounces', 'erin@example.com'],
  ['searchSuppression', 'erin@example.com'],
  ['getSuppressions', 'bounces', { limit: 10, email: 'erin@example.com' }],
  ['getDomainSuppressions', 'example.com', 'bounces', { limit: 10 }],
  ['deleteSuppression', 'bounces', 'erin@example.com'],
]

/** The calls of the Pipelines API, which both clients name alike. */
function pipelinesCalls() {
  const context = { ip: '192.0.2.1', locale: 'en-GB' }
  const integrations = { All: true, Amplitude: false }
  const device = { context: { device: { token: 't', type: 'ios' } }, properties: { os: '17' } }
  const object = { properties: { objectId: 'acme', objectTypeId: 1 } }
  return [
    ['identify', { userId: '1', anonymousId: 'cookie', traits: { email: 'ada@example.com', plan: 'pro' }, context, integrations }],
    ['identify', { anonymousId: 'other', traits: {} }],
    ['track', { userId: '1', event: 'purchase', properties: { price: 23.45 } }],
    ['track', { anonymousId: 'cookie', event: 'x'.repeat(200) }],
    ['page', { userId: '1', name: longUrl, category: 'docs', properties: { url: longUrl } }],
    ['screen', { userId: '1', name: 'home', category: 'app' }],
    ['group', { userId: '1', groupId: 'acme', traits: { name: 'Acme', object_type_id: '1' } }],
    ['alias', { userId: '1', previousId: 'former' }],
    ['track', { userId: '1', event: 'Device Created or Updated', ...device }],
    ['track', { userId: '1', event: 'Relationship Deleted', ...object }],
    ['track', { event: 'Report Delivery Event', userId: '1', properties: { deliveryId: 'RPIL', metric: 'opened' } }],
    ['track', { event: 'User Suppressed', userId: 'erin' }],
    ['track', { event: 'User Unsuppressed', userId: 'erin' }],
    ['identify', { userId: 'gone' }],
    ['track', { event: 'User Deleted', userId: 'gone' }],
  ]
}

async function pipelines() {
  const { PipelinesClient } = require('customerio-node')
  for (const strictMode of [true, false]) {
    const defaultContext = { locale: 'en-GB' }
    const client = new PipelinesClient(PIPELINES_KEY, { ...once, url: `${url}/v1`, strictMode, defaultContext })
    await each(client, pipelinesCalls())
    await each(client, [
      ['identify', { userId: 2 }],
      ['batch', pipelinesCalls().map(([type, payload]) => ({ type, ...payload }))],
    ])
  }
  return versionOf('customerio-node')
}

async function cdp() {
  const { Analytics } = require('@customerio/cdp-analytics-node')
  // One call in each request, and then many.
  for (const maxEventsInBatch of [1, 50]) {
    const client = new Analytics({ writeKey: PIPELINES_KEY, host: url, maxEventsInBatch, maxRetries: 0, flushInterval: 50 })
    const done = (method, payload) =>
      new Promise((resolve, reject) => client[method](payload, (error) => (error ? reject(error) : resolve())))
    const list = [...pipelinesCalls(), ['track', { userId: '1', event: 'e', integrations: { Amplitude: { session: 1 } } }]]
    if (maxEventsInBatch === 1) {
      for (const [method, payload] of list) await call(method, done(method, payload))
    } else {
      const all = list.map(([method, payload]) => call(method, done(method, payload)))
      await client.closeAndFlush({ timeout: 10_000 })
      await Promise.all(all)
    }
  }
  return versionOf('@customerio/cdp-analytics-node')
}

const version = await { track, app, pipelines, cdp }[process.argv[2]]()
console.log(JSON.stringify({ version, calls, failed }))
