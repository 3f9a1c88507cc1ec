// Tests of an application that uses the vendor's client for Node, against a local Customer.io:
//
//     customerio-emulator --workspaces any
//     npm install customerio-node
//     node --test signup.test.mjs
//
// Nothing sleeps: what is to come is waited for. Each file has a workspace of its own, so that files run side by side.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { beforeEach, test } from 'node:test'

const require = createRequire(process.env.NODE_MODULES ?? import.meta.url)
const { TrackClient, APIClient, SendEmailRequest } = require('customerio-node')

const url = process.env.CUSTOMERIO_EMULATOR_URL ?? 'http://127.0.0.1:8246'
// A credential is a workspace: the same text for the Site ID and for the keys.
const workspace = `signup-${randomUUID()}`

// The application.

const track = new TrackClient(workspace, 'any', { url: `${url}/api/v1` })
const app = new APIClient(workspace, { url: `${url}/v1` })

async function signUp(id, email) {
  await track.identify(id, { email, plan: 'free' })
  await app.sendEmail(
    new SendEmailRequest({
      to: email,
      identifiers: { id },
      from: 'Shop <shop@example.com>',
      subject: 'Welcome, {{trigger.name}}',
      body: '<p>Hello {{trigger.name}}</p>',
      message_data: { name: 'Ada' },
    }),
  )
}

// What the tests need of the emulator: one function.

async function emulator(method, path, body) {
  const separator = path.includes('?') ? '&' : '?'
  const response = await fetch(`${url}/_emulator/v1/${path}${separator}workspace=${workspace}`, {
    method,
    headers: body && { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  const json = await response.json()
  assert.ok(response.ok, JSON.stringify(json, null, 2))
  return json
}

beforeEach(() => emulator('POST', 'reset'))

test('who signs up is known, and gets an e-mail', async () => {
  await signUp('42', 'ada@example.com')

  const person = await emulator('GET', 'people/42')
  assert.equal(person.email, 'ada@example.com')
  assert.deepEqual(
    person.attribute_list.map(({ name, value }) => [name, value]),
    [['plan', 'free']],
  )
  const message = await emulator('GET', 'messages/latest?to=ada@example.com&wait=5s')
  assert.equal(message.subject, 'Welcome, Ada')
  assert.equal(message.html, '<p>Hello Ada</p>')
})

test('what the service would refuse is explained', async () => {
  await assert.rejects(track.identify('42', { created_at: 'yesterday' }))

  const { items } = await emulator('GET', 'requests?verdict=refused')
  assert.equal(items[0].why, 'created_at must be an integer')
})

test('an outage of Customer.io is survived', async () => {
  await emulator('POST', 'faults', { match: { method: 'PUT' }, fault: { status: 503 }, times: 2 })

  await signUp('42', 'ada@example.com')

  const { items } = await emulator('GET', 'people?wait=5s')
  assert.equal(items.length, 1)
  const faults = await emulator('GET', 'requests?verdict=fault')
  assert.equal(faults.items.length, 2)
})
