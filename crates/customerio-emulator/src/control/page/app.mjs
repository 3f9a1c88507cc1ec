// The page: what stands around the lists, and what the URL says is shown.

import {get, post} from './api.mjs';
import {readClock, startClock} from './clock.mjs';
import {Detail} from './detail.mjs';
import {h, notice} from './dom.mjs';
import {events} from './events.mjs';
import {faults} from './faults.mjs';
import {filtersOf} from './filters.mjs';
import {help, key} from './keys.mjs';
import {List} from './list.mjs';
import {live} from './live.mjs';
import {messages} from './messages.mjs';
import {people} from './people.mjs';
import {requests} from './requests.mjs';
import {go, href, route} from './route.mjs';
import {segments} from './segments.mjs';
import {server, workspaceOf} from './server.mjs';
import {setup} from './setup.mjs';
import {webhooks} from './webhooks.mjs';

const PAGES = [requests, people, messages, events, segments, webhooks, faults, setup];
/** Milliseconds between two announcements to those who listen to the page. */
const ANNOUNCE = 5000;

const byId = (id) => document.getElementById(id);
const main = byId('main');
const missing = byId('missing');
const listPane = byId('list-pane');
const detail = new Detail(byId('detail-pane'));

let page = null;
let list = null;
let workspace;

// Pages

const tabs = new Map(PAGES.map((each) => [each.name, {
  link: h('a', {'data-page-link': each.name}),
  count: h('span.count', {'data-testid': each.kind ? `counts-${each.kind}` : null}),
  failed: h('span.count.failed', {'data-testid': each.kind ? `failed-${each.kind}` : null, hidden: true}),
}]));
byId('pages').append(...PAGES.map(({name, title}) => {
  const {link, count, failed} = tabs.get(name);
  link.append(h('span', title), failed, count);
  return link;
}));

/** Shows what the URL says. */
function show() {
  const now = route();
  const next = PAGES.find(({name}) => name === now.page);
  if (!next) return go(href('requests'), {replace: true});
  const opened = now.id !== null && show.id !== undefined && (next !== page || now.id !== show.id);
  const closed = now.id === null && show.id !== null && next === page;
  show.id = now.id;
  if (now.workspace !== workspace || next !== page) {
    list?.end();
    list = null;
  }
  if (now.workspace !== workspace) {
    workspace = now.workspace;
    live.watch();
    readServer().catch((error) => notice(error.message));
  }
  page = next;
  document.title = `${page.title} · Customer.io emulator`;
  main.classList.toggle('opened', now.id !== null);
  main.classList.toggle('both', Boolean(page.both));
  const focusInDetail = detail.pane.contains(document.activeElement) || document.activeElement === document.body;
  list ??= new (page.pane ?? List)(page, listPane);
  list.routed();
  detail.routed(page, {focus: opened && !list.following}).catch((error) => notice(error.message));
  if (closed && focusInDetail) list.focus();
  for (const element of document.querySelectorAll('[data-page-link]')) {
    const {pageLink} = element.dataset;
    element.href = href(pageLink);
    if (pageLink === page.name && element.closest('nav')) {
      element.setAttribute('aria-current', 'page');
    } else {
      element.removeAttribute('aria-current');
    }
  }
  drawWorkspaces();
  drawMissing();
  tabs.get(page.name).link.scrollIntoView({block: 'nearest', inline: 'nearest'});
}

// Counts

function drawCounts(counts) {
  for (const {kind, name} of PAGES) {
    const {count, failed} = tabs.get(name);
    if (kind && counts[kind] !== undefined) count.textContent = counts[kind].toLocaleString('en');
    const failures = kind && {webhooks: counts.webhooks_failed, requests: counts.refused + counts.dropped}[kind];
    failed.hidden = !failures;
    if (failures) failed.textContent = `${failures.toLocaleString('en')} failed`;
  }
  announce(counts);
}

function announce({requests: all, refused, dropped}) {
  announce.text = `${all} requests, ${refused} refused, ${dropped} dropped`;
  announce.timer ??= setTimeout(() => {
    byId('announce').textContent = announce.text;
    announce.timer = null;
  }, ANNOUNCE);
}

// Workspaces

function drawWorkspaces() {
  const {info} = server;
  if (!info) return;
  const select = byId('workspace');
  select.replaceChildren(...info.workspaces.map(({id, name}) => h('option', {value: id}, name ?? id)));
  const shown = workspaceOf(info);
  select.value = server.lacks ? '' : shown.id;
  byId('version').textContent = `emulator ${info.version}`;
  for (const element of document.querySelectorAll('.base-url')) element.textContent = info.url;
}

/** A link to the page that is open, of another workspace. */
function hrefIn(workspace) {
  const first = server.info.workspaces[0].id;
  return href(page.name, null, {workspace: workspace === first ? '' : workspace});
}

/** Where the URL names a workspace that is not there, a sentence stands in place of everything that it would have. */
function drawMissing() {
  const {lacks, info} = server;
  main.hidden = lacks;
  missing.hidden = !lacks;
  byId('reset').disabled = lacks;
  if (!lacks) return;
  for (const {count, failed} of tabs.values()) {
    count.textContent = '';
    failed.hidden = true;
  }
  missing.replaceChildren(
    h('h2', `There is no workspace ${route().workspace}`),
    h('p', info.settings.workspaces === 'any'
      ? 'A Site ID or a key makes one when it is used first, and then it is here. These are there:'
      : 'One workspace is served:'),
    h('ul.plain', info.workspaces.map(({id, name}) => h('li', h('a', {href: hrefIn(id)}, id), ' ', h('span.quiet', name)))));
}

byId('workspace').addEventListener('change', ({target}) => go(hrefIn(target.value)));

// State

function drawState() {
  const text = !live.connected ? 'disconnected' : live.paused ? 'paused' : 'live';
  byId('connection').textContent = text;
  byId('connection-mark').className = `mark ${text}`;
  const button = byId('pause');
  button.textContent = live.paused ? 'Go on' : 'Pause';
  button.setAttribute('aria-pressed', String(live.paused));
}

async function reset() {
  try {
    await post('reset', {seed: true});
    go(href(page.name));
    live.dispatchEvent(new Event('again'));
  } catch (error) {
    notice(error.message);
  }
}

function openReset() {
  byId('reset-name').textContent = byId('workspace').selectedOptions[0]?.textContent ?? 'this workspace';
  byId('reset-dialog').showModal();
}

function openHelp() {
  byId('help-keys').replaceChildren(...help());
  byId('help').showModal();
}

for (const dialog of document.querySelectorAll('dialog')) {
  dialog.addEventListener('click', ({target}) => {
    if (target === dialog) dialog.close();
    else if (target.matches('button')) dialog.close(target.value);
  });
}
byId('reset-dialog').addEventListener('close', ({target}) => {
  if (target.returnValue === 'reset') reset();
  target.returnValue = '';
});
byId('reset').addEventListener('click', openReset);
byId('keys').addEventListener('click', openHelp);
byId('pause').addEventListener('click', () => live.pause(!live.paused));
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  list.focus();
});

// Keys

key('j ↓', 'Next row', () => list.move(1));
key('k ↑', 'Row before', () => list.move(-1));
key('Enter', 'Open the row', () => list.open());
key('Esc', 'Back to the list', () => {
  const {id, params} = route();
  if (id !== null) go(href(page.name, null, filtersOf(params)));
});
key('/', 'Search', () => listPane.querySelector('[type=search]')?.focus());
for (const {key: letter, title, name} of PAGES) key(`g ${letter}`, title, () => go(href(name)));
key('p', 'Pause, or go on', () => live.pause(!live.paused));
key('?', 'These keys', openHelp);

// Start

async function readServer() {
  await server.read();
  if (server.lacks) return;
  await readClock();
  drawCounts(await get('counts'));
}

live.addEventListener('state', drawState);
live.addEventListener('changes', ({detail: {changes, counts, behind}}) => {
  drawCounts(counts);
  // What changes without a change of something that is kept is the clock.
  if (!changes.length && !behind) readClock().catch(() => {});
});
live.addEventListener('again', () => readServer().catch(() => {}));
server.addEventListener('info', () => {
  drawWorkspaces();
  drawMissing();
  tabs.get(page.name).link.scrollIntoView({block: 'nearest', inline: 'nearest'});
});
addEventListener('hashchange', show);
startClock();
show();
