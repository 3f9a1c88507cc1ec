// The JavaScript side of the module: `fetch`, a timer, a clock and random bits, for any runtime that has them as the web
// does. The module has no imports; `../src/lib.rs` says what is called and what is in the buffer.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Loads the module.
 *
 * @param {WebAssembly.Module} module
 * @returns a function that does one command, and gives `{ok: …}`, `{error: {message, delivery, attempts}}`, or for a webhook
 *   `{rejected: {message, status}}`. Its second argument is the webhook's body, the bytes as they came: those of
 *   `request.arrayBuffer()`.
 */
export async function load(module) {
  const { exports } = await WebAssembly.instantiate(module, {});

  const write = (head, body = new Uint8Array()) => {
    const line = encoder.encode(`${JSON.stringify(head, finite)}\n`);
    // The address comes first: making room can move the memory.
    const address = exports.room(line.length + body.length);
    const buffer = new Uint8Array(exports.memory.buffer, address, line.length + body.length);
    buffer.set(line);
    buffer.set(body, line.length);
  };
  const read = (length) => {
    // A copy: the buffer is the module's.
    const bytes = new Uint8Array(exports.memory.buffer, exports.buffer(), length).slice();
    const end = bytes.indexOf(10);
    return [JSON.parse(decoder.decode(bytes.subarray(0, end))), bytes.subarray(end + 1)];
  };

  return async (command, commandBody) => {
    write(command, commandBody);
    const call = exports.start();
    let [result, resultBody] = [{}, undefined];
    for (;;) {
      write({ ...moment(), ...result }, resultBody);
      const [instruction, body] = read(exports.step(call));
      [result, resultBody] = [{}, undefined];
      if (instruction.send) [result, resultBody] = await send(instruction.send, body);
      else if (instruction.wait !== undefined) await new Promise((done) => setTimeout(done, instruction.wait));
      else return instruction.done;
    }
  };
}

/** JSON would make `null` of these, and `null` removes an attribute. */
function finite(key, value) {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`${key} is not a finite number`);
  return value;
}

function moment() {
  return {
    monotonic: Math.floor(performance.now()),
    since_epoch: Date.now(),
    random: [...crypto.getRandomValues(new Uint32Array(4))],
  };
}

/** One request: returns its result for the module, and as much as came of the response's body. */
async function send({ method, url, headers, timeout_ms, limit }, body) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout_ms);
  let result = {};
  const parts = [];
  let length = 0;
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body.length > 0 ? body : undefined,
      redirect: "manual",
      signal: abort.signal,
    });
    // A browser says of a redirect only that it was one.
    const status = response.type === "opaqueredirect" ? 302 : response.status;
    result = { status, headers: [...response.headers] };
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > limit) {
        abort.abort();
        return [{ failed: "too_large" }, undefined];
      }
      parts.push(value);
    }
  } catch {
    // A `fetch` that fails does not say whether the request was sent.
    result.failed = abort.signal.aborted ? "timeout" : "connection";
  } finally {
    clearTimeout(timer);
  }
  const whole = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return [result, whole];
}

/**
 * Does one command after the other.
 *
 * @param call what `load` gave
 * @param commands a list of `{command, body}`; a body is text here
 * @returns the outcomes
 */
export async function play(call, commands) {
  const outcomes = [];
  for (const { command, body } of commands) {
    outcomes.push(await call(command, body && encoder.encode(body)));
  }
  return outcomes;
}
