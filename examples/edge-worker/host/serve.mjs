// Serves `worker.mjs` under Node, with the environment's variables, on the port `PORT` or 8787.
//
//     node host/serve.mjs edge_worker.wasm

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import worker from "./worker.mjs";

const module = process.argv[2];
if (!module) {
  console.error("usage: node serve.mjs edge_worker.wasm (bash .ci/wasm builds it)");
  process.exit(2);
}
const env = { ...process.env, CUSTOMERIO_WASM: await WebAssembly.compile(await readFile(module)) };

async function respond(incoming, outgoing) {
  const { method, headers, url } = incoming;
  const parts = await incoming.toArray();
  const body = parts.length > 0 ? Buffer.concat(parts) : undefined;
  const response = await worker.fetch(new Request(new URL(url, "http://localhost"), { method, headers, body }), env);
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

const server = createServer((incoming, outgoing) => {
  respond(incoming, outgoing).catch((error) => {
    console.error(error);
    outgoing.writeHead(500).end();
  });
});
server.listen(Number(process.env.PORT ?? 8787), "127.0.0.1", () => {
  console.log(`the worker listens at http://127.0.0.1:${server.address().port}`);
});
