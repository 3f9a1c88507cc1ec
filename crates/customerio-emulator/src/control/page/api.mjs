// The control API: the page knows nothing but what it says. A request that fails throws its sentence.

import {route} from './route.mjs';

const ROOT = new URL('v1/', document.baseURI);

export class ApiError extends Error {
  /** `workspaces` are the ids of those there are, where the one that is asked for is not. */
  constructor(status, message, workspaces) {
    super(message);
    Object.assign(this, {status, workspaces});
  }
}

/** The address of something in the control API: of the workspace that is looked at, unless `params` has one. */
export function address(path, params = {}) {
  const url = new URL(path.split('/').map(encodeURIComponent).join('/'), ROOT);
  const {workspace} = route();
  if (workspace) url.searchParams.set('workspace', workspace);
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value);
  }
  return url;
}

async function call(method, path, {params, body, signal, text} = {}) {
  const init = {method, signal};
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = {'content-type': 'application/json'};
  }
  let response;
  try {
    response = await fetch(address(path, params), init);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'the emulator does not respond: start it again, and this page goes on');
  }
  if (text && response.ok) return response.text();
  const content = await response.json().catch(() => null);
  const {ok, status} = response;
  if (!ok) throw new ApiError(status, content?.error ?? `the emulator responded with status ${status}`, content?.workspaces);
  return content;
}

export const get = (path, params, signal) => call('GET', path, {params, signal});
export const getText = (path) => call('GET', path, {text: true});
export const post = (path, body) => call('POST', path, {body});
export const remove = (path) => call('DELETE', path);

/** The one thing of a list that has this sequence number: for what can be read in lists alone. */
export async function bySeq(kind, seq, signal) {
  const {items} = await get(kind, {before: Number(seq) + 1, limit: 1}, signal);
  if (items[0]?.seq !== Number(seq)) throw new ApiError(404, `the ${kind} have nothing with the number ${seq}`);
  return items[0];
}
