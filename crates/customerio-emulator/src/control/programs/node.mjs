import { APIClient, SendEmailRequest, TrackClient } from "customerio-node";

const url = "http://127.0.0.1:8246";
const track = new TrackClient("emulator-site", "emulator-track-key", {
  url: `${url}/api/v1`,
});
const app = new APIClient("emulator-app-key", { url: `${url}/v1` });

await track.identify("42", { email: "ada@example.com", first_name: "Ada" });
await track.track("42", { name: "purchase", data: { price: 23.45 } });
const sent = await app.sendEmail(new SendEmailRequest({
  to: "ada@example.com",
  identifiers: { id: "42" },
  from: "Shop <shop@example.com>",
  subject: "Welcome, {{ customer.first_name }}",
  body: "<h1>Welcome, {{ customer.first_name }}</h1>",
}));
console.log(`sent ${sent.delivery_id}: look at ${url}/_emulator/`);
