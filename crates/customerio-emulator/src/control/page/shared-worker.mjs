// One stream for all tabs of a browser: a host has six connections, and a stream in each tab would take them all. A tab
// posts the URL of the stream that it wants, or null when it goes.

import {follow} from './stream.mjs';

/** By URL: the tabs that listen, what was reported last, and how the stream ends. */
const streams = new Map();

function join(url, port) {
  let stream = streams.get(url);
  if (!stream) {
    stream = {ports: new Set(), connection: null};
    streams.set(url, stream);
    stream.end = follow(url, (message) => {
      if (message.type !== 'changes') stream.connection = message;
      for (const each of stream.ports) each.postMessage({url, ...message});
    });
  }
  stream.ports.add(port);
  if (stream.connection) port.postMessage({url, ...stream.connection});
}

function leave(port) {
  for (const [url, stream] of streams) {
    if (!stream.ports.delete(port) || stream.ports.size) continue;
    stream.end();
    streams.delete(url);
  }
}

self.addEventListener('connect', ({ports: [port]}) => {
  port.addEventListener('message', ({data: url}) => {
    leave(port);
    if (url) join(url, port);
  });
  port.start();
});
