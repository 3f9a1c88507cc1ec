// What the emulator says of itself: its URLs and workspaces.

import {get} from './api.mjs';
import {route} from './route.mjs';

class Server extends EventTarget {
  info = null;
  #first;
  /** Resolves when the emulator has said it once. */
  ready = new Promise((resolve) => { this.#first = resolve; });

  async read() {
    this.info = await get('info');
    this.#first();
    this.dispatchEvent(new Event('info'));
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
