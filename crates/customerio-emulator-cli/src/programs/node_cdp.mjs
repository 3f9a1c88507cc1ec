import { Analytics } from '@customerio/cdp-analytics-node'

const env = process.env
const analytics = new Analytics({ writeKey: env.CUSTOMERIO_PIPELINES_KEY, host: env.CUSTOMERIO_URL })

analytics.identify({ userId: '42', traits: { email: 'ada@example.com', first_name: 'Ada', plan: 'pro' } })
analytics.track({ userId: '42', event: 'purchase', properties: { price: 23.45 } })
await analytics.closeAndFlush()
console.log(`sent: look at ${env.CUSTOMERIO_URL}/_emulator/`)
