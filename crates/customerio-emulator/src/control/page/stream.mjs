// The stream of changes of one workspace, which connects again by itself. Used in the shared worker, and in a tab where
// the browser has none.

const PAUSE = 1000;

/**
 * Reports `{type: 'open'}`, `{type: 'lost'}` and `{type: 'changes', seq, changes, counts, behind?}` until the returned
 * function is called. What was missed between `lost` and `open` is to be read again: after a restart of the emulator its
 * numbers begin anew, so that no number from before it means anything.
 */
export function follow(url, report) {
  let source;
  let timer;
  const connect = () => {
    source = new EventSource(url);
    source.addEventListener('open', () => report({type: 'open'}));
    source.addEventListener('changes', ({data}) => report({type: 'changes', ...JSON.parse(data)}));
    source.addEventListener('error', () => {
      source.close();
      report({type: 'lost'});
      timer = setTimeout(connect, PAUSE);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
