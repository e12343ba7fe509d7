// The history of changes: who, when, what, and the differences. Loaded when it is opened and after each event.
import { byId, h } from './dom.js';
import { get } from './api.js';
import { changeLines } from './configuration.js';
import { store } from './store.js';
import * as format from './format.js';

let shown = null;

export function setUpHistory() {
  byId('history').addEventListener('toggle', () => { shown = null; renderHistory(); });
}

export async function renderHistory() {
  if (!byId('history').open || shown === store.events) return;
  shown = store.events;
  try {
    const changes = await get('/api/history') ?? [];
    byId('history-list').replaceChildren(...changes.length ? changes.map(entry) : [h('li', { class: 'empty' }, 'Nothing has been changed since the start.')]);
  } catch (error) {
    byId('history-list').replaceChildren(h('li', { class: 'error' }, error.message));
  }
}

const entry = change => h('li', null,
  h('p', null,
    h('time', { datetime: change.at, title: change.at }, format.clock(Date.parse(change.at))),
    ' ', h('b', null, change.what), h('span', { class: 'hint' }, ` by ${change.who}`)),
  change.changes.length ? changeLines(change.changes) : null);
