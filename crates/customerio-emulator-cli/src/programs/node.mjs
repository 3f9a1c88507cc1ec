import { TrackClient, APIClient, SendEmailRequest } from 'customerio-node'

const env = process.env
const track = new TrackClient(env.CUSTOMERIO_SITE_ID, env.CUSTOMERIO_TRACK_API_KEY, { url: `${env.CUSTOMERIO_URL}/api/v1` })
const app = new APIClient(env.CUSTOMERIO_APP_API_KEY, { url: `${env.CUSTOMERIO_URL}/v1` })

await track.identify('42', { email: 'ada@example.com', first_name: 'Ada', plan: 'pro' })
await track.track('42', { name: 'purchase', data: { price: 23.45 } })
const sent = await app.sendEmail(
  new SendEmailRequest({
    transactional_message_id: 'welcome',
    to: 'ada@example.com',
    identifiers: { id: '42' },
    message_data: { name: 'Ada' },
  }),
)
console.log(`sent ${sent.delivery_id}: look at ${env.CUSTOMERIO_URL}/_emulator/`)
