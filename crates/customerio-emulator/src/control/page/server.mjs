// What the emulator says of itself: its URLs and workspaces.

import {get} from './api.mjs';
import {route} from './route.mjs';

class Server extends EventTarget {
  info = null;
  /** The workspace that a URL has named and that is not there. */
  #missing = null;
  #first;
  /** Resolves when the emulator has said it once. */
  ready = new Promise((resolve) => { this.#first = resolve; });

  /** Whether the workspace that the URL names is not there. */
  get lacks() {
    return this.#missing !== null && this.#missing === route().workspace;
  }

  async read() {
    const {workspace} = route();
    const info = await this.#ask();
    if (workspace !== route().workspace) return;
    this.info = info;
    this.#first();
    this.dispatchEvent(new Event('info'));
  }

  async #ask() {
    const {workspace} = route();
    try {
      const info = await get('info');
      if (workspace === route().workspace) this.#missing = null;
      return info;
    } catch (error) {
      if (!error.workspaces) throw error;
      this.#missing = workspace;
      return get('info', {workspace: error.workspaces[0]});
    }
  }
}

export const server = new Server();

/** The workspace that is looked at: the one that the URL names by its id or a credential, or the first. */
export function workspaceOf({workspaces}) {
  const {workspace} = route();
  const names = ({id, name, credentials}) => [id, name, ...Object.values(credentials)];
  const named = workspaces.find((each) => names(each).includes(workspace));
  return named ?? workspaces[0];
}
