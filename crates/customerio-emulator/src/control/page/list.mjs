// A list of one kind: read page by page by cursor, of which only the rows near the window are elements, so that 100,000
// rows are as quick as ten. What is new comes in at the top, unless the reader has scrolled or stands on a row: then a
// button says how many there are, and nothing moves.

import {get} from './api.mjs';
import {filterBar, filtersOf} from './filters.mjs';
import {h} from './dom.mjs';
import {live} from './live.mjs';
import {go, href, route} from './route.mjs';

const PAGE = 200;
const MOST_ROWS = 120;
const BEYOND = 12;
/** Milliseconds between two reads for what changed. */
const REST = 250;

export class List {
  /** Newest first. */
  #items = [];
  /** Came since, and is not shown yet; newest first. */
  #waiting = [];
  /** More came than one read gives. */
  #missed = false;
  #seq = 0;
  #next = null;
  #cursor = null;
  #query = null;
  #rows = new Map();
  #count = null;
  #reading = null;
  #older = null;
  #timer = null;
  #due = {newer: false, stale: false};
  /** Whether what is open changes because the focus goes from row to row: then the focus stays in the list. */
  following = false;

  constructor(page, pane) {
    this.page = page;
    this.spec = page.list;
    const columns = this.spec.columns;
    this.body = h('tbody.body');
    this.above = h('td');
    this.below = h('td');
    this.table = h('table.rows',
      h('caption.hidden', page.title),
      h('thead', h('tr', columns.map(({title, look}) => h('th', {scope: 'col', class: look}, title)))),
      h('tbody.spacer', {'aria-hidden': 'true'}, h('tr', this.above)),
      this.body,
      h('tbody.spacer', {'aria-hidden': 'true'}, h('tr', this.below)));
    this.empty = h('div.empty', {hidden: true});
    this.scroller = h('div.scroller', {tabindex: '-1'}, this.table, this.empty);
    this.pill = h('button.pill', {type: 'button', hidden: true, 'data-testid': 'new-rows', onclick: () => this.top()});
    this.bar = filterBar(page);
    pane.className = `kind-${page.name}`;
    pane.replaceChildren(this.bar.element, h('div.stage', this.scroller, this.pill));

    this.listeners = new AbortController();
    const {signal} = this.listeners;
    this.scroller.addEventListener('scroll', () => this.#scrolled(), {signal, passive: true});
    this.body.addEventListener('focusin', ({target}) => this.#focused(target), {signal});
    this.body.addEventListener('focusout', () => this.#later({}), {signal});
    live.addEventListener('changes', ({detail}) => this.#changed(detail), {signal});
    live.addEventListener('again', () => this.#load({keep: true}), {signal});
    this.sizes = new ResizeObserver(() => this.#draw());
    this.sizes.observe(this.scroller);
  }

  /** The page is left. */
  end() {
    this.listeners.abort();
    this.sizes.disconnect();
    this.#reading?.abort();
    this.#older?.abort();
    clearTimeout(this.#timer);
    this.ended = true;
  }

  /** The URL changed: reads again where its filters are others, and marks what is open. */
  routed() {
    const {params, workspace} = route();
    const query = `${workspace}?${filtersOf(params)}`;
    this.bar.update(params);
    if (query !== this.#query) {
      this.#query = query;
      this.#count = null;
      this.#load();
    } else {
      this.#markOpen();
    }
  }

  /** Moves the focus by a number of rows; what is open follows. */
  move(by) {
    const at = this.#items.findIndex(({seq}) => seq === this.#cursor);
    if (at === 0 && by < 0 && this.#has()) {
      this.#flush();
      return this.move(by);
    }
    const first = Math.ceil(this.scroller.scrollTop / this.#height());
    const to = Math.min(Math.max(at < 0 ? first : at + by, 0), this.#items.length - 1);
    if (to >= 0) this.#goTo(to);
  }

  /** To the newest row. */
  top() {
    if (this.#missed) this.#load();
    else this.#flush();
    this.scroller.scrollTop = 0;
    this.scroller.focus({preventScroll: true});
  }

  /** Opens the row that the focus stands on. */
  open() {
    const item = this.#items.find(({seq}) => seq === this.#cursor);
    if (item) go(this.#href(item));
  }

  /** Puts the focus back onto the row that it stood on. */
  focus() {
    const at = this.#items.findIndex(({seq}) => seq === this.#cursor);
    if (at >= 0) this.#show(at);
    else this.scroller.focus({preventScroll: true});
  }

  // Reading

  #params(more) {
    return {...Object.fromEntries(filtersOf(route().params)), ...more};
  }

  async #load({keep = false} = {}) {
    this.#reading?.abort();
    this.#older?.abort();
    this.#older = null;
    const reading = this.#reading = new AbortController();
    try {
      const limit = keep ? Math.min(Math.max(this.#items.length, PAGE), 1000) : PAGE;
      const {items, next, seq} = await get(this.page.kind, this.#params({limit}), reading.signal);
      if (reading.signal.aborted) return;
      Object.assign(this, {error: null, loaded: true});
      this.#items = items;
      this.#next = next;
      this.#seq = seq;
      this.#waiting = [];
      this.#missed = false;
      this.#due = {newer: false, stale: false};
      if (!keep) this.scroller.scrollTop = 0;
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.error = error.message;
      if (!keep) this.#items = [];
    }
    this.#reading = null;
    this.#markOpen();
  }

  async #readOlder() {
    if (this.#next === null || this.#older || this.#reading) return;
    const older = this.#older = new AbortController();
    try {
      const {items, next} = await get(this.page.kind, this.#params({before: this.#next, limit: PAGE}), older.signal);
      const last = this.#items.at(-1)?.seq ?? Infinity;
      this.#items.push(...items.filter(({seq}) => seq < last));
      this.#next = next;
      this.#draw();
    } catch {
      // Scrolling on tries again.
    }
    if (this.#older === older) this.#older = null;
  }

  #changed({changes, counts, behind}) {
    const count = counts?.[this.page.kind];
    const fewer = this.#count !== null && count < this.#count;
    this.#count = count ?? this.#count;
    if (fewer) return this.#load({keep: true});
    const mine = changes.filter(({kind}) => kind === this.page.kind || this.spec.watches?.includes(kind));
    const isNew = ({kind, action}) => kind === this.page.kind && (!action || action === 'created');
    if (mine.length || behind) {
      this.#later({newer: behind || mine.some(isNew), stale: behind || !mine.every(isNew)});
    }
  }

  /** Reads what changed, soon: at most four times a second. */
  #later({newer, stale}) {
    this.#due.newer ||= Boolean(newer);
    this.#due.stale ||= Boolean(stale);
    this.#timer ??= setTimeout(() => this.#catchUp(), Math.max(0, (this.rested ?? 0) - performance.now()));
  }

  async #catchUp() {
    const {newer, stale} = this.#due;
    try {
      if (this.#reading || this.ended) return;
      this.#due = {newer: false, stale: false};
      if (this.spec.short && (newer || stale)) return await this.#load({keep: true});
      if (newer) await this.#readNewer();
      if (stale && !live.paused) await this.#readShown();
      if (this.#has() && !this.#stands()) {
        if (this.#missed) await this.#load();
        else this.#flush();
      }
    } catch {
      // A lost connection is said elsewhere, and everything is read again after it.
    } finally {
      this.rested = performance.now() + REST;
      this.#timer = null;
      if (!this.ended) {
        this.#drawPill();
        if (this.#due.newer || this.#due.stale) this.#later({});
      }
    }
  }

  async #readNewer() {
    if (this.#missed) return;
    const query = this.#query;
    const {items, next, seq} = await get(this.page.kind, this.#params({after: this.#seq, limit: PAGE}));
    if (query !== this.#query || this.#reading) return;
    const known = this.#waiting[0]?.seq ?? this.#items[0]?.seq ?? 0;
    if (next !== null) this.#missed = true;
    else this.#waiting.unshift(...items.filter((item) => item.seq > known).reverse());
    this.#seq = seq;
  }

  /** Reads the rows in the window again: they may have changed, or be gone. */
  async #readShown() {
    const [from, to] = this.#window();
    const shown = this.#items.slice(from, to);
    if (!shown.length) return;
    const [first, last] = [shown[0].seq, shown.at(-1).seq];
    const {items} = await get(this.page.kind, this.#params({before: first + 1, limit: shown.length}));
    const at = this.#items.indexOf(shown[0]);
    if (at < 0 || this.#reading) return;
    this.#items.splice(at, shown.length, ...items.filter(({seq}) => seq >= last));
    this.#draw();
  }

  // What is new

  #has() {
    return this.#missed || this.#waiting.length > 0;
  }

  /** Whether new rows would move what the reader looks at. */
  #stands() {
    return live.paused || this.scroller.scrollTop > 0 || this.body.contains(document.activeElement);
  }

  #flush() {
    this.#items.unshift(...this.#waiting);
    this.#waiting = [];
    this.#draw();
  }

  #drawPill() {
    const count = this.#missed ? `${PAGE}+` : this.#waiting.length;
    this.pill.hidden = !this.#has();
    if (this.#has()) this.pill.textContent = `${count} new`;
  }

  // The window

  #height() {
    return parseFloat(getComputedStyle(this.scroller).getPropertyValue('--row')) || 32;
  }

  #window() {
    const height = this.#height();
    const first = Math.floor(this.scroller.scrollTop / height);
    const rows = Math.min(Math.ceil(this.scroller.clientHeight / height), MOST_ROWS);
    const from = Math.max(0, first - BEYOND);
    return [from, Math.min(this.#items.length, first + rows + BEYOND)];
  }

  #scrolled() {
    this.#draw();
    if (this.scroller.scrollTop === 0) this.#later({});
    else if (this.spec.watches) this.#later({stale: true});
  }

  #draw() {
    if (this.ended) return;
    const [from, to] = this.#window();
    const height = this.#height();
    this.above.style.height = `${from * height}px`;
    this.below.style.height = `${(this.#items.length - to) * height}px`;
    this.#place(this.#items.slice(from, to));
    this.#drawEmpty();
    this.#drawPill();
    if (this.#items.length - to < PAGE / 2) this.#readOlder();
  }

  /** Makes the rows of these items the rows of the table; those that stay are not touched, so they keep the focus. */
  #place(items) {
    const wanted = new Set(items.map(({seq}) => seq));
    let lost = false;
    for (const [seq, row] of this.#rows) {
      if (wanted.has(seq)) continue;
      lost ||= row.element.contains(document.activeElement);
      row.element.remove();
      this.#rows.delete(seq);
    }
    const {id} = route();
    const entry = wanted.has(this.#cursor) ? this.#cursor : items[0]?.seq;
    let next = this.body.firstChild;
    for (const item of items) {
      let row = this.#rows.get(item.seq);
      if (!row) {
        row = {element: h('tr', {'data-testid': 'row', 'data-seq': item.seq})};
        this.#rows.set(item.seq, row);
      }
      this.#fill(row, item);
      row.link.tabIndex = item.seq === entry ? 0 : -1;
      const open = id !== null && String(this.spec.id(item)) === id;
      row.element.classList.toggle('open', open);
      if (open) row.link.setAttribute('aria-current', 'true');
      else row.link.removeAttribute('aria-current');
      if (row.element === next) next = next.nextSibling;
      else this.body.insertBefore(row.element, next);
    }
    if (lost) this.scroller.focus({preventScroll: true});
  }

  #fill(row, item) {
    const to = this.#href(item);
    if (row.item !== item) {
      const text = JSON.stringify(item);
      if (row.text !== text) {
        const focused = row.link && row.link === document.activeElement;
        row.link = h('a', {href: to});
        row.element.replaceChildren(...this.spec.columns.map(({look, cell, link}) => {
          const content = [cell(item)].flat(2).filter((part) => part !== null && part !== undefined);
          if (link) row.link.append(...content);
          return h('td', {class: look}, link ? row.link : content);
        }));
        if (focused) row.link.focus({preventScroll: true});
      }
      Object.assign(row, {item, text});
    }
    if (row.to !== to) row.link.href = to;
    row.to = to;
  }

  #href(item) {
    return href(this.page.name, this.spec.id(item), filtersOf(route().params));
  }

  #drawEmpty() {
    const isEmpty = this.#items.length === 0;
    this.table.hidden = isEmpty;
    this.empty.hidden = !isEmpty;
    if (!isEmpty) return;
    const filters = filtersOf(route().params);
    const what = this.error ?? (this.loaded ? (filters.size ? 'filtered' : 'empty') : 'loading');
    if (this.emptyFor === what) return;
    this.emptyFor = what;
    if (this.error) this.empty.replaceChildren(h('p.problem', this.error));
    else if (what === 'loading') this.empty.replaceChildren();
    else if (what === 'empty') this.empty.replaceChildren(...this.spec.empty());
    else this.empty.replaceChildren(h('h3', 'Nothing matches'), h('a', {href: href(this.page.name)}, 'Clear the filters'));
  }

  // The focus

  #focused(target) {
    const row = target.closest('tr');
    if (row) this.#cursor = Number(row.dataset.seq);
  }

  #goTo(at) {
    this.#show(at);
    const {id} = route();
    if (id === null) return;
    this.following = true;
    go(this.#href(this.#items[at]), {replace: true});
    this.following = false;
  }

  #show(at) {
    const height = this.#height();
    const head = this.table.tHead.offsetHeight;
    const {scrollTop, clientHeight} = this.scroller;
    const highest = (at + 1) * height + head - clientHeight;
    this.scroller.scrollTop = Math.min(Math.max(scrollTop, highest), at * height);
    this.#cursor = this.#items[at].seq;
    this.#draw();
    this.#rows.get(this.#cursor)?.link.focus({preventScroll: true});
  }

  #markOpen() {
    const {id} = route();
    const item = id !== null && this.#items.find((each) => String(this.spec.id(each)) === id);
    if (item) this.#cursor = item.seq;
    this.#draw();
  }
}
