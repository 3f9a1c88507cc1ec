// What happens in the workspace, as it happens: `changes` events with what changed, `again` events where everything is to
// be read again, and `state` events.

import {address} from './api.mjs';
import {follow} from './stream.mjs';

class Live extends EventTarget {
  /** Whether changes arrive. */
  connected = false;
  /** Whether the reader asked for everything to stand still. */
  paused = false;
  #url = null;
  #port = null;
  #end = null;

  constructor() {
    super();
    if (typeof SharedWorker === 'function') {
      const worker = new SharedWorker(new URL('shared-worker.mjs', import.meta.url), {type: 'module', name: 'changes'});
      worker.addEventListener('error', () => this.#withoutWorker());
      this.#port = worker.port;
      this.#port.addEventListener('message', ({data}) => data.url === this.#url && this.#take(data));
      this.#port.start();
      addEventListener('pagehide', () => this.#port?.postMessage(null));
      addEventListener('pageshow', ({persisted}) => persisted && this.#port?.postMessage(this.#url));
    } else {
      this.#withoutWorker();
    }
  }

  /** Follows the workspace that the URL names. */
  watch() {
    const url = String(address('stream'));
    if (url === this.#url) return;
    this.#url = url;
    this.connected = false;
    this.#changed();
    if (this.#port) this.#port.postMessage(url);
    else this.#start();
  }

  pause(paused) {
    this.paused = paused;
    this.#changed();
    if (!paused) this.dispatchEvent(new Event('again'));
  }

  /** A stream of this tab's own, for as long as the tab is seen. */
  #withoutWorker() {
    this.#port = null;
    document.addEventListener('visibilitychange', () => this.#start());
    this.#start();
  }

  #start() {
    this.#end?.();
    this.#end = null;
    if (this.#url && !document.hidden) this.#end = follow(this.#url, (message) => this.#take(message));
  }

  #take(message) {
    if (message.type === 'changes') {
      this.dispatchEvent(new CustomEvent('changes', {detail: message}));
      return;
    }
    this.connected = message.type === 'open';
    this.#changed();
    if (this.connected) this.dispatchEvent(new Event('again'));
  }

  #changed() {
    this.dispatchEvent(new Event('state'));
  }
}

export const live = new Live();
