// Elements: how the page makes them, and how it changes them without moving the focus. Text enters by text nodes alone.

/** An element: `h('a.row', {href: '#/people', onclick}, 'text', node, null)`, or `h('p', 'text')`. */
export function h(name, ...rest) {
  const props = rest[0]?.constructor === Object ? rest.shift() : {};
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...rest.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const mono = (text) => h('span.mono', text);

/** What a detail begins with: its title, and what stands below that. */
export const head = (title, ...content) => h('header.head', h('h2', {tabindex: '-1'}, title), content);

/** A heading, and what stands below it. */
export const part = (title, ...content) => h('section.part', h('h3', title), ...content);

/** Names and values; those that are null are left out. */
export function facts(rows) {
  const there = rows.filter(([, value]) => value || value === 0);
  return h('dl.facts', there.map(([name, value]) => [h('dt', name), h('dd', value)]));
}

/** A table of a detail: headings, then rows of cells. */
export function table(headings, rows, props) {
  return h('table.data', props,
    h('thead', h('tr', headings.map((heading) => h('th', {scope: 'col'}, heading)))),
    h('tbody', rows.map((cells) => h('tr', cells.map((cell) => h('td', cell))))));
}

/**
 * Shows `[key, data, build]` one below the other. A section whose data is the same as before keeps its element, and with
 * it the focus, the scroll position and the loaded frame; a `null` shows nothing.
 */
export function sections(root, list) {
  const before = root.sections ?? new Map();
  const after = new Map();
  let next = root.firstChild;
  for (const [key, data, build] of list.filter(Boolean)) {
    const signature = JSON.stringify(data);
    const old = before.get(key);
    const kept = old?.signature === signature;
    const element = kept ? old.element : build();
    after.set(key, {signature, element});
    if (kept && element === next) {
      next = next.nextSibling;
    } else if (old && !kept) {
      swap(old.element, element);
      if (next === old.element) next = element.nextSibling;
    } else {
      root.insertBefore(element, next);
    }
  }
  for (const [key, {element}] of before) if (after.get(key)?.element !== element) element.remove();
  root.sections = after;
}

/** Puts `fresh` where `old` was; the focus goes to the control of the same name. */
function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  old.replaceWith(fresh);
  if (focused) fresh.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus({preventScroll: true});
}

/** A button that copies text, or what a promise of text gives, and says that it has. */
export function copyButton(text, props, label = 'Copy') {
  const button = h('button.copy', {type: 'button', ...props}, label);
  button.addEventListener('click', async () => {
    try {
      await copy(typeof text === 'function' ? await text() : text);
      button.textContent = 'Copied';
    } catch (error) {
      button.textContent = 'Not copied';
      notice(error.message);
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });
  return button;
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Over http only loopback has a clipboard: any other host name gets the old way.
  const area = h('textarea.hidden', {'aria-hidden': 'true'});
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('the browser gave no access to the clipboard: select the text and copy it');
}

/** Says a sentence at the foot of the window, for as long as it takes to read. */
export function notice(text) {
  const element = document.getElementById('notice');
  element.textContent = text;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { element.textContent = ''; }, 4000 + text.length * 40);
}

/** A button that does something at the server: off until that is done, and its error is said. */
export function action(label, run, props) {
  const button = h('button', {type: 'button', ...props}, label);
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await run();
    } catch (error) {
      notice(error.message);
    }
    button.disabled = false;
    if (document.activeElement === document.body && button.isConnected) button.focus();
  });
  return button;
}
