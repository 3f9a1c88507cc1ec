// JSON to look at: indented and coloured from the text as it came, so that no number loses digits. Problems stand at the
// lines that their pointers name.

import {h} from './dom.mjs';

const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const MOST_LINES = 2000;

/** Text as JSON where it is that, else as it is. `problems` are `{pointer, message}`. */
export function body(text, problems = []) {
  if (text === null || text === undefined || text === '') return h('p.none', 'No body');
  if (!isJson(text)) return h('pre.code', {tabindex: '0'}, text);
  return code(lines(text), problems);
}

/** A value as JSON. */
export const json = (value) => code(lines(JSON.stringify(value)), []);

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function code(all, problems) {
  const known = new Set(all.filter(({opens}) => opens).map(({pointer}) => pointer));
  const messages = new Map();
  for (const {pointer, message} of problems) {
    // What is missing has no line: what it is missing in has one.
    let at = pointer;
    while (at && !known.has(at)) at = at.slice(0, at.lastIndexOf('/'));
    messages.set(at, [...(messages.get(at) ?? []), message]);
  }
  const pre = h('pre.code', {tabindex: '0'});
  const show = (from, to) => pre.append(...all.slice(from, to).flatMap((line) => drawn(line, messages)));
  show(0, MOST_LINES);
  if (all.length > MOST_LINES) {
    const rest = h('button', {type: 'button'}, `Show ${all.length - MOST_LINES} more lines`);
    rest.addEventListener('click', () => { rest.remove(); show(MOST_LINES); });
    pre.append(rest);
  }
  return pre;
}

function drawn(line, messages) {
  const found = line.opens && messages.get(line.pointer);
  const tokens = line.tokens.map(([look, text]) => (look ? h(`span.${look}`, text) : text));
  const row = h(found ? 'span.line.faulty' : 'span.line', null, '  '.repeat(line.depth), ...tokens, '\n');
  return found ? [row, ...found.map((text) => h('span.line.remark', '  '.repeat(line.depth), text, '\n'))] : [row];
}

const escaped = (key) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The lines of a JSON text: what they show, how deep, and the pointer of the value that begins in each. */
function lines(text) {
  const tokens = text.match(TOKEN) ?? [];
  const result = [];
  const stack = [];
  let line = null;
  const begin = (depth) => { result.push(line = {depth, tokens: [], pointer: '', opens: false}); };
  const put = (look, token) => line.tokens.push([look, token]);
  const pointer = () => stack.map(({key}) => `/${key}`).join('');
  begin(0);
  line.opens = true;
  for (const [at, token] of tokens.entries()) {
    const top = stack.at(-1);
    if (token === '{' || token === '[') {
      const close = token === '{' ? '}' : ']';
      put(null, token);
      stack.push({array: token === '[', key: token === '[' ? 0 : null});
      if (tokens[at + 1] !== close) begin(stack.length);
      if (token === '[' && tokens[at + 1] !== close) Object.assign(line, {pointer: pointer(), opens: true});
    } else if (token === '}' || token === ']') {
      stack.pop();
      if (tokens[at - 1] !== '{' && tokens[at - 1] !== '[') begin(stack.length);
      put(null, token);
    } else if (token === ',') {
      put(null, ',');
      begin(stack.length);
      if (top.array) {
        top.key += 1;
        Object.assign(line, {pointer: pointer(), opens: true});
      } else {
        top.key = null;
      }
    } else if (token === ':') {
      put(null, ': ');
    } else if (top && !top.array && tokens[at + 1] === ':') {
      top.key = escaped(JSON.parse(token));
      Object.assign(line, {pointer: pointer(), opens: true});
      put('key', token);
    } else {
      put(token[0] === '"' ? 'string' : 'atom', token);
    }
  }
  return result;
}
