// Setup: where the emulator listens, its credentials, and for each client a whole first program with both.

import {get} from './api.mjs';
import {copyButton, facts, h, head, notice, part, sections} from './dom.mjs';
import {href, route} from './route.mjs';
import {server, workspaceOf} from './server.mjs';

/** The first programs, with the settings of this emulator and of the workspace that is looked at. */
const load = async () => (await get('programs')).items;

const copied = (text) => h('span.copied', h('code', text), copyButton(text));
const code = (text, name) => h('pre.code', {tabindex: '0', 'data-testid': name}, text);
const command = (text) => h('div.command', code(text), copyButton(text));

/** A file, by its name and its text. */
const content = (file, text, name) => h('div.command.file', h('span.quiet', file),
  copyButton(text, {'data-testid': `copy-${name}`}), code(text, name));

function connection() {
  const {url, https_url: httpsUrl, ca, settings} = server.info;
  const {credentials, name} = workspaceOf(server.info);
  return h('div', facts([
    ['URL', copied(url)],
    ['URL with TLS', httpsUrl ? copied(httpsUrl) : 'none: the program customerio-emulator has one'],
    ['Certificate', ca && copied(ca)], ['Workspace', name],
    ['Site ID', copied(credentials.site_id)], ['Track API key', copied(credentials.track_api_key)],
    ['App API key', copied(credentials.app_api_key)], ['Pipelines key', copied(credentials.pipelines_key)],
    ['Webhook key', copied(credentials.webhook_signing_key)], ['Region', settings.region],
    ['Contract', settings.contract === 'strict' ? 'strict: refuses what it does not allow' : 'compat: takes what the SDKs send'],
    ['Rate limits', settings.rate_limits ? 'refused with 429' : 'noted at the request'],
    ['Kept in', settings.persists ?? 'memory, until the emulator ends'],
  ]), settings.workspaces === 'any'
    ? h('p.quiet', 'Any other Site ID or key is a workspace of its own: give each test suite one.') : null);
}

class Pane {
  constructor(page, pane) {
    this.clients = h('ul.choices');
    this.facts = h('div');
    this.scroller = h('div.scroller.padded', {tabindex: '-1'},
      part('First program', this.clients), part('Connection', this.facts));
    pane.className = 'kind-setup';
    pane.replaceChildren(h('div.bar', h('h2', {id: 'list-title'}, 'Setup')), this.scroller);
    this.changed = () => this.routed();
    server.addEventListener('info', this.changed);
  }

  end() {
    server.removeEventListener('info', this.changed);
  }

  routed() {
    if (!server.info || server.lacks) return;
    const {clock, workspaces, ...facts} = server.info;
    sections(this.facts, [['facts', [facts, workspaceOf(server.info).credentials], connection]]);
    load().then((all) => this.choose(all)).catch((error) => notice(error.message));
  }

  choose(all) {
    const {id} = route();
    sections(this.clients, all.map((each, at) => [each.id, id, () => h('li', h('a', {
      href: href('setup', each.id), 'data-testid': `setup-${each.id}`,
      'aria-current': each.id === id || (id === null && at === 0) ? 'true' : null,
    }, each.title, h('span.quiet.mono', each.package)))]));
  }

  /** The focus goes from client to client. */
  move(by) {
    const links = [...this.clients.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at < 0 ? 0 : at + by, 0), links.length - 1)]?.focus();
  }

  open() {}

  focus() {
    this.clients.querySelector('[aria-current]')?.focus();
  }
}

async function read(id) {
  const all = await load();
  const found = all.find((each) => each.id === (id ?? all[0].id));
  if (!found) throw new Error(`there is no client ${id}: there are ${all.map((each) => each.id).join(', ')}`);
  return found;
}

function draw(root, {title, install, file, notes, text, run}) {
  sections(root, [['all', [title, text, notes], () => h('div',
    head(title),
    install && part('Install', command(install)),
    part('Program', notes.map((note) => h('p', note)), content(file, text, 'program')),
    part('Run', command(run)),
    h('p.quiet', 'Then look at ', h('a', {href: href('requests')}, 'Requests'), ': they are there at once.'))]]);
}

export const setup = {
  name: 'setup', kind: null, title: 'Setup', key: 'u', both: true, pane: Pane, detail: {read, draw},
};
