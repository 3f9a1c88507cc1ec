// What the window shows is in its URL: `#/requests/12?verdict=refused&workspace=ci`. Back and forward work, and a URL
// can be sent to a colleague.

/** The page, what is open of it, the workspace and the filters that the URL names. */
export function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page, ...id] = path.split('/').map(decoded);
  const params = new URLSearchParams(query);
  const workspace = params.get('workspace');
  params.delete('workspace');
  return {page: page || 'requests', id: id.length ? id.join('/') : null, workspace, params};
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A link to a page, or to one thing of it. The workspace stays what it is unless `params` has another. */
export function href(page, id = null, params = {}) {
  const query = new URLSearchParams();
  const all = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  for (const [name, value] of all) if (value !== null && value !== undefined && value !== '') query.set(name, value);
  const {workspace} = route();
  if (workspace && !('workspace' in params)) query.set('workspace', workspace);
  const path = id === null ? page : `${page}/${encodeURIComponent(id)}`;
  return `#/${path}${query.size ? `?${query}` : ''}`;
}

/** Goes there: as a new step of the history, or in place of this one. */
export function go(to, {replace = false} = {}) {
  if (to === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  dispatchEvent(new Event('hashchange'));
}
