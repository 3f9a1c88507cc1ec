// The pane of one thing: reads it, shows it, and keeps it as it is now.

import {h} from './dom.mjs';
import {filtersOf} from './filters.mjs';
import {live} from './live.mjs';
import {href, route} from './route.mjs';

/** Milliseconds between two reads of the same. */
const REST = 500;

export class Detail {
  /** What the URL names: its key, page and id; once it is read its data and its element. */
  #shown = null;
  #reading = null;
  #timer = null;
  #rested = 0;

  constructor(pane) {
    this.pane = pane;
    live.addEventListener('changes', ({detail}) => this.#changed(detail));
    live.addEventListener('again', () => this.#later());
  }

  /** Shows what the URL names, and takes the focus if asked. */
  async routed(page, {focus}) {
    const {id, workspace} = route();
    const key = id === null && !page.both ? null : `${workspace}/${page.name}/${id}`;
    if (key === null) {
      this.#reading?.abort();
      this.#shown = null;
      this.pane.replaceChildren();
    } else if (this.#shown?.key !== key) {
      this.#shown = {key, page, id, focus};
      await this.#read();
    } else if (this.#shown.data !== undefined) {
      this.#draw();
    }
  }

  async #read() {
    const shown = this.#shown;
    this.#reading?.abort();
    const reading = this.#reading = new AbortController();
    try {
      const data = await shown.page.detail.read?.(shown.id, reading.signal) ?? null;
      if (this.#shown !== shown || reading.signal.aborted) return;
      const isFirst = shown.data === undefined;
      shown.data = data;
      if (isFirst) this.#begin();
      this.#draw();
      if (!isFirst) shown.page.detail.refreshed?.(shown.root);
    } catch (error) {
      if (error.name === 'AbortError' || this.#shown !== shown) return;
      // A lost connection leaves what is there.
      if (error.status === 0 && shown.data !== undefined) return;
      shown.data = undefined;
      this.#begin();
      shown.root.append(h('div.empty', h('p.problem', error.message)));
    }
    if (shown.focus) this.pane.querySelector('h2')?.focus({preventScroll: true});
    shown.focus = false;
  }

  #begin() {
    const shown = this.#shown;
    shown.root = h('div.content');
    this.back = h('a', `‹ ${shown.page.title}`);
    this.pane.replaceChildren(h('p.way', this.back), shown.root);
    this.pane.scrollTop = 0;
    this.#link();
  }

  #link() {
    this.back.href = href(this.#shown.page.name, null, filtersOf(route().params));
  }

  #draw() {
    const {page, id, data, root} = this.#shown;
    this.#link();
    page.detail.draw(root, data, {id, refresh: () => this.#read()});
  }

  #changed(message) {
    const {page, id, data} = this.#shown ?? {};
    if (!page?.detail.follows || live.paused || data === undefined) return;
    const {changes, behind} = message;
    if (behind || changes.some((change) => page.detail.follows(change, id, data))) this.#later();
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
