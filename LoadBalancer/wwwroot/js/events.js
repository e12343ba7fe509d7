// The events, newest first. Equal events close together are shown as one: "5 backends are up".
import { byId, h, setText } from './dom.js';
import { store } from './store.js';
import { icon } from './states.js';
import * as format from './format.js';

const together = 2000; // milliseconds
const most = 60;
const kinds = {
  up: { state: 'healthy', verb: ['is up', 'are up'] },
  down: { state: 'unhealthy', verb: ['is down', 'are down'] },
  ejected: { state: 'ejected', verb: ['is ejected', 'are ejected'] },
  recovered: { state: 'unknown', verb: ['is no longer ejected', 'are no longer ejected'] },
  drained: { state: 'draining', verb: ['is drained', 'are drained'] },
  drain: { state: 'draining', verb: ['drains', 'drain'], hand: true },
  disable: { state: 'disabled', verb: ['is disabled', 'are disabled'], hand: true },
  enable: { state: 'healthy', verb: ['is enabled', 'are enabled'], hand: true },
  weight: { state: 'unknown', verb: ['has a new weight', 'have new weights'], hand: true },
  reload: { state: 'unknown', text: 'Configuration reloaded' },
  applied: { state: 'unknown', text: 'New configuration in effect', hand: true },
  confirmed: { state: 'healthy', text: 'Configuration confirmed', hand: true },
  takenBack: { state: 'ejected', text: 'Configuration rolled back' },
  refused: { state: 'unhealthy', text: 'Configuration refused; the last valid one stays in effect' },
};

let shown = null;

export function renderEvents() {
  if (shown !== store.events) {
    shown = store.events;
    const entries = grouped(store.events).slice(-most).reverse();
    byId('events').replaceChildren(...entries.length ? entries.map(entry) : [h('li', { class: 'empty' }, 'Nothing has happened yet.')]);
  }
  for (const time of byId('events').querySelectorAll('time')) setText(time, format.ago(Number(time.dataset.time), store.time));
}

function grouped(events) {
  const groups = [];
  for (const event of events.toSorted(inOrder)) {
    const last = groups.at(-1);
    if (last && event.backend && last.kind === event.kind && last.cluster === event.cluster && event.time - last.time < together) {
      last.backends.push(event.backend);
      last.time = event.time;
    } else {
      groups.push({ ...event, backends: event.backend ? [event.backend] : [] });
    }
  }
  return groups;
}

// A manual change is recorded slightly later than its effect, but its time is exact.
const inOrder = (a, b) => a.time - b.time || (a.kind === 'drained') - (b.kind === 'drained') || a.id - b.id;

function entry(group) {
  const kind = kinds[group.kind] ?? { state: 'unknown', text: group.kind };
  const names = [...new Set(group.backends)];
  const text = kind.text ?? `${format.list(names)} ${kind.verb[names.length > 1 ? 1 : 0]}${kind.hand ? ' (by hand)' : ''}`;
  return h('li', { class: 'event', 'data-state': kind.state, 'data-kind': group.kind },
    icon(kind.state),
    h('span', null, text),
    h('time', { 'data-time': group.time, datetime: new Date(group.time).toISOString(), title: format.clock(group.time) }),
    group.detail && names.length <= 1 ? h('span', { class: 'why' }, group.detail) : null);
}
