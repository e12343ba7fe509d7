// Reads the event stream with fetch(), because EventSource can't send a token. Reconnects automatically.
import { call } from './api.js';

const silence = 5000; // the balancer sends a message every second
const shortest = 500;
const longest = 10000;

/**
 * @param onFrame called with each frame's name and data
 * @param onState called with 'live', or with 'lost' and the time of the next try
 * @returns a function that tries at once
 */
export function watch(onFrame, onState) {
  let wake = () => {};
  let lastEventId = null;

  async function once() {
    const abort = new AbortController();
    let timer;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), silence);
    };
    try {
      const response = await call('/api/events', { headers: lastEventId && { 'Last-Event-ID': lastEventId }, signal: abort.signal });
      if (!response.ok) return false;
      heard();
      for await (const frame of frames(response.body)) {
        heard();
        lastEventId = frame.id ?? lastEventId;
        onState('live');
        onFrame(frame.name, JSON.parse(frame.data));
      }
      return true;
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  async function forever() {
    for (let delay = shortest; ; delay = Math.min(delay * 1.7, longest)) {
      const began = Date.now();
      await once().catch(() => false);
      if (Date.now() - began > longest) delay = shortest;
      const wait = delay * (0.75 + Math.random() / 2);
      onState('lost', Date.now() + wait);
      await new Promise(resolve => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
    }
  }

  forever();
  return () => wake();
}

/** Takes an event stream (WHATWG HTML §9.2) apart. */
async function* frames(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    text += read.value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield parse(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function parse(block) {
  const frame = { name: 'message', id: null, data: '' };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    const [field, value] = [line.slice(0, colon), line.slice(colon + 2)];
    if (field === 'event') frame.name = value;
    else if (field === 'id') frame.id = value;
    else if (field === 'data') frame.data += value;
  }
  return frame;
}
