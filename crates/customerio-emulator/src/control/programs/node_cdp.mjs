import { Analytics } from "@customerio/cdp-analytics-node";

const url = "http://127.0.0.1:8246";
const analytics = new Analytics({ writeKey: "emulator-pipelines-key", host: url });

analytics.identify({ userId: "42", traits: { email: "ada@example.com", first_name: "Ada" } });
analytics.track({ userId: "42", event: "purchase", properties: { price: 23.45 } });
await analytics.closeAndFlush();
console.log(`sent: look at ${url}/_emulator/`);
