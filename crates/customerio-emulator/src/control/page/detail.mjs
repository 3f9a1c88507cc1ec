// The pane of one thing: reads it, shows it, and keeps it as it is now.

import {h} from './dom.mjs';
import {filtersOf} from './filters.mjs';
import {live} from './live.mjs';
import {href, route} from './route.mjs';

/** Milliseconds between two reads of the same. */
const REST = 500;

export class Detail {
  #shown = null;
  #reading = null;
  #timer = null;
  #rested = 0;

  constructor(pane) {
    this.pane = pane;
    this.root = null;
    live.addEventListener('changes', ({detail}) => this.#changed(detail));
    live.addEventListener('again', () => this.#later());
  }

  /** Shows what the URL names. */
  async routed(page, {focus}) {
    const {id, workspace} = route();
    const key = id === null && !page.both ? null : `${workspace}/${page.name}/${id}`;
    if (key === null) {
      this.close();
    } else if (this.#shown?.key === key) {
      if (this.data !== undefined) this.#draw();
    } else {
      this.#shown = {key, page, id};
      this.data = undefined;
      await this.#read({fresh: true, focus});
    }
  }

  close() {
    this.#reading?.abort();
    this.#shown = null;
    this.data = undefined;
    this.root = null;
    this.pane.replaceChildren();
  }

  async #read({fresh = false, focus = false} = {}) {
    const shown = this.#shown;
    this.#reading?.abort();
    const reading = this.#reading = new AbortController();
    try {
      const data = await shown.page.detail.read?.(shown.id, reading.signal) ?? null;
      if (this.#shown !== shown) return;
      this.data = data;
      if (fresh || !this.root) this.#begin();
      this.#draw();
      if (!fresh) shown.page.detail.refreshed?.(this.root);
    } catch (error) {
      if (error.name === 'AbortError' || this.#shown !== shown) return;
      // A lost connection leaves what is there.
      if (error.status === 0 && this.data !== undefined) return;
      this.data = undefined;
      this.#begin();
      this.root.append(h('div.empty', null, h('p.problem', null, error.message)));
    }
    if (focus) this.pane.querySelector('h2')?.focus({preventScroll: true});
  }

  #begin() {
    const {page} = this.#shown;
    this.root = h('div.content');
    const back = h('a.back', {href: href(page.name, null, filtersOf(route().params)), 'data-back': true}, `‹ ${page.title}`);
    this.pane.replaceChildren(h('p.way', null, back), this.root);
    this.pane.scrollTop = 0;
  }

  #draw() {
    const back = this.pane.querySelector('[data-back]');
    if (back) back.href = href(this.#shown.page.name, null, filtersOf(route().params));
    this.#shown.page.detail.draw(this.root, this.data, {id: this.#shown.id, refresh: () => this.#read()});
  }

  #changed(message) {
    const {page, id} = this.#shown ?? {};
    if (!page?.detail.follows || live.paused || this.data === undefined) return;
    const {changes, behind} = message;
    if (behind || changes.some((change) => page.detail.follows(change, id, this.data))) this.#later();
  }

  /** Reads it again, soon: at most twice a second. */
  #later() {
    if (!this.#shown?.page.detail.read) return;
    this.#timer ??= setTimeout(async () => {
      if (this.#shown) await this.#read();
      this.#rested = performance.now() + REST;
      this.#timer = null;
    }, Math.max(0, this.#rested - performance.now()));
  }
}
