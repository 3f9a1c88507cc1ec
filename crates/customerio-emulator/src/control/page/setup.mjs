// Setup: where the emulator listens, its credentials, and for each client a whole first program with both.

import {copyButton, facts, h, part, sections} from './dom.mjs';
import {href, route} from './route.mjs';
import {workspaceOf, server} from './server.mjs';

let programs = null;

async function load() {
  programs ??= await (await fetch(new URL('programs.json', import.meta.url))).json();
  return programs;
}

/** What the placeholders of a program stand for, as it stands in a string of any of the languages. */
function values() {
  const {url, https_url: httpsUrl, ca, settings} = server.info;
  const https = httpsUrl ? new URL(httpsUrl) : null;
  const {credentials} = workspaceOf(server.info);
  const region = settings?.region ?? 'us';
  return {
    ...credentials, url, ca: ca ?? '', https_host: https?.hostname ?? '', https_port: https?.port || '443',
    Region: region[0].toUpperCase() + region.slice(1),
  };
}

/** A program with the values of this emulator; Liquid, which has spaces in its braces, stays. */
function filled(lines) {
  const all = values();
  return lines.join('\n').replace(/\{\{(\w+)\}\}/g, (found, name) => (name in all ? JSON.stringify(String(all[name])).slice(1, -1) : found));
}

const copied = (text) => h('span.copied', null, h('code', null, text), copyButton(text));

class Pane {
  constructor(page, pane) {
    this.clients = h('ul.choices');
    this.facts = h('div');
    pane.className = 'kind-setup';
    pane.replaceChildren(h('div.bar', null, h('h2', {id: 'list-title'}, 'Setup')),
      h('div.scroller.padded', {tabindex: '-1'}, part('First program', this.clients), part('Connection', this.facts)));
    this.scroller = pane.querySelector('.scroller');
    this.changed = () => this.routed();
    server.addEventListener('info', this.changed);
  }

  end() {
    server.removeEventListener('info', this.changed);
  }

  async routed() {
    if (!server.info) return;
    const {url, https_url: httpsUrl, ca, settings} = server.info;
    const {credentials, name} = workspaceOf(server.info);
    sections(this.facts, [['facts', [server.info.url, httpsUrl, ca, credentials], () => h('div', null, facts([
      ['URL', copied(url)], ['URL with TLS', httpsUrl ? copied(httpsUrl) : 'none: the program customerio-emulator has it'],
      ['Certificate', ca && copied(ca)],
      ['Workspace', name], ['Site ID', copied(credentials.site_id)], ['Track API key', copied(credentials.track_api_key)],
      ['App API key', copied(credentials.app_api_key)], ['Pipelines key', copied(credentials.pipelines_key)],
      ['Webhook signing key', copied(credentials.webhook_signing_key)],
      ['Region', settings.region], ['Kept in', settings.persists ?? 'memory: gone when the emulator ends'],
    ]), settings.workspaces === 'any' ? h('p.quiet', null, 'Any other Site ID or key is a workspace of its own: give each test suite one.') : null)]]);
    const {id} = route();
    const all = await load();
    sections(this.clients, [['clients', id, () => h('li', null, h('ul.plain', null, all.map((each, at) => h('li', null,
      h('a', {href: href('setup', each.id), 'aria-current': each.id === id || (id === null && at === 0) ? 'true' : null, 'data-testid': `setup-${each.id}`}, each.title, h('span.quiet', null, each.package))))))]]);
  }

  /** The focus goes from client to client. */
  move(by) {
    const links = [...this.clients.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at < 0 ? 0 : at + by, 0), links.length - 1)]?.focus();
  }

  open() { document.activeElement.click(); }

  focus() { this.clients.querySelector('[aria-current]')?.focus(); }
}

async function read(id) {
  const all = await load();
  const found = all.find((each) => each.id === (id ?? all[0].id));
  if (!found) throw new Error(`there is no client ${id}: there are ${all.map((each) => each.id).join(', ')}`);
  await server.ready;
  return {...found, text: filled(found.program), https_url: server.info.https_url};
}

function draw(root, client) {
  const masked = client.text.includes('"...');
  sections(root, [['all', client, () => h('div', null,
    h('header.head', null, h('h2', {tabindex: '-1', id: 'detail-title'}, client.title)),
    client.install ? part('Install', h('div.command', null, h('pre.code', {tabindex: '0'}, client.install), copyButton(client.install))) : null,
    part(['Program ', h('span.quiet', null, client.file)],
      client.note ? h('p', null, client.note) : null,
      client.https && !client.https_url ? h('p.why.warn', null, 'This emulator has no https port: start the program customerio-emulator, which has one.') : null,
      masked ? h('p.why.warn', null, 'Keys of your own are shown by their last four characters alone: put them in.') : null,
      h('div.command', null, h('pre.code', {tabindex: '0', 'data-testid': 'program'}, client.text), copyButton(client.text, {'data-testid': 'copy-program'}))),
    part('Run', h('div.command', null, h('pre.code', {tabindex: '0'}, client.run), copyButton(client.run))),
    h('p.quiet', null, 'Then look at ', h('a', {href: href('requests')}, 'Requests'), ': they are there at once.'))]]);
}

export const setup = {name: 'setup', kind: null, title: 'Setup', key: 'u', both: true, pane: Pane, detail: {read, draw}};
