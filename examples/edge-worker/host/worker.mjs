// An edge worker that signs people up and receives reporting webhooks. Runtimes such as Cloudflare's call `fetch` for each
// request; `serve.mjs` does the same under Node.
//
// `env` has the module as `CUSTOMERIO_WASM`, and the variables `CUSTOMERIO_REGION`, `CUSTOMERIO_SITE_ID`,
// `CUSTOMERIO_TRACK_API_KEY` and `CUSTOMERIO_WEBHOOK_SIGNING_KEY`.

import { load } from "./customerio.mjs";

let loaded;
/** The module, which is loaded once. */
const customerio = (env) => (loaded ??= load(env.CUSTOMERIO_WASM));

const track = (env) => ({
  region: env.CUSTOMERIO_REGION,
  site_id: env.CUSTOMERIO_SITE_ID,
  key: env.CUSTOMERIO_TRACK_API_KEY,
  base_url: env.CUSTOMERIO_BASE_URL,
});

/** `PUT /people/{id}` with `{"email": …}`: adds the person, and records the sign-up. */
async function signUp(request, env, person) {
  let email;
  try {
    ({ email } = await request.json());
  } catch {
    return new Response("the body is not JSON\n", { status: 400 });
  }
  const [call, account] = [await customerio(env), track(env)];
  for (const command of [
    { identify: { account, person, attributes: { email } } },
    { track: { account, person, name: "signed_up" } },
  ]) {
    const { error } = await call(command);
    if (error) {
      console.error(error.message);
      // Without an attempt, Customer.io could not take what the request says.
      const status = error.delivery === "not_sent" && error.attempts === 0 ? 400 : 502;
      return new Response(`${status === 400 ? error.message : "try again later"}\n`, { status });
    }
  }
  return new Response(null, { status: 204 });
}

/** `POST /webhooks`: a reporting webhook. The signature is over the bytes as they came. */
async function webhook(request, env) {
  const body = new Uint8Array(await request.arrayBuffer());
  const call = await customerio(env);
  const key = env.CUSTOMERIO_WEBHOOK_SIGNING_KEY;
  const { ok: event, rejected, error } = await call({ verify_webhook: { key, headers: [...request.headers] } }, body);
  if (!event) {
    console.error((rejected ?? error).message);
    return new Response(null, { status: rejected?.status ?? 500 });
  }
  console.log(`${event.object_type} ${event.metric}: person ${event.person}`);
  return new Response(null, { status: 200 });
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const person = pathname.match(/^\/people\/([^/]+)$/)?.[1];
    if (request.method === "PUT" && person) return signUp(request, env, decodeURIComponent(person));
    if (request.method === "POST" && pathname === "/webhooks") return webhook(request, env);
    return new Response("not found\n", { status: 404 });
  },
};
