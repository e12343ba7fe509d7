// The last requests, newest first. Clicking a row shows its attempts.
import { byId, debounce, h, setText } from './dom.js';
import { backends, store } from './store.js';
import { icon } from './states.js';
import { explanation } from './explain.js';
import * as format from './format.js';

const most = 60;
const columns = 5;
const view = { search: '', status: '', backend: '', paused: null, held: false, open: new Set() };
let drawn = '';
let listed = [];

export function setUpRequests() {
  const changed = () => { drawn = ''; renderRequests(); };
  byId('request-search').addEventListener('input', debounce(() => {
    view.search = byId('request-search').value.trim().toLowerCase();
    changed();
  }, 80));
  byId('request-status').addEventListener('change', event => { view.status = event.target.value; changed(); });
  byId('request-backend').addEventListener('change', event => { view.backend = event.target.value; changed(); });
  byId('request-pause').addEventListener('click', () => { pause(view.paused === null); changed(); });
  // Rows don't move while the pointer is over one.
  const body = byId('request-table').tBodies[0];
  body.addEventListener('pointerenter', () => { view.held = true; });
  body.addEventListener('pointerleave', () => { view.held = false; changed(); });
}

export function renderRequests() {
  offerBackends();
  const known = listed = view.paused ?? (view.held && listed.length ? listed : store.requests);
  const found = known.filter(matches).slice(-most).reverse();
  const key = `${store.instance} ${found.length} ${found[0]?.id} ${found.at(-1)?.id} ${[...view.open]}`;
  if (key === drawn) return;
  drawn = key;
  const body = byId('request-table').tBodies[0];
  const slowest = Math.max(...found.map(request => request.ms), 1);
  const kept = new Map([...body.rows].map(row => [row.dataset.key, row]));
  const rows = found.flatMap(request => {
    const open = view.open.has(request.id);
    const row = kept.get(`r${request.id}`) ?? rowOf(request);
    row.querySelector('.open').setAttribute('aria-expanded', open);
    row.querySelector('.duration i').style.width = `${Math.max(1, request.ms / slowest * 110)}px`;
    return open ? [row, kept.get(`d${request.id}`) ?? detailOf(request)] : [row];
  });
  place(body, rows);
  byId('requests-none').hidden = found.length > 0;
  byId('request-scroll').hidden = found.length === 0;
  setText(byId('requests-none'), known.length === 0 ? 'No requests yet.'
    : view.status === 'retried' && !view.backend && !view.search
      ? 'None of the last requests had to be retried.'
      : 'None of the last requests matches.');
  setText(byId('requests-count'), view.paused ? 'paused' : 'a sample when there are many');
}

// Rows that remain are not removed and re-inserted, so that focus and selection survive.
function place(body, rows) {
  const wanted = new Set(rows);
  for (const row of [...body.rows]) if (!wanted.has(row)) row.remove();
  rows.forEach((row, index) => { if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null); });
}

function matches(request) {
  const status = view.status === 'retried' ? request.attempts.length > 1 : String(request.status).startsWith(view.status);
  return status
    && (!view.backend || request.attempts.some(attempt => `${request.cluster}/${attempt.backend}` === view.backend))
    && (!view.search || `${request.method} ${request.path}`.toLowerCase().includes(view.search));
}

function rowOf(request) {
  const retries = request.attempts.filter(attempt => !attempt.hedge).length - 1;
  return h('tr', { class: 'row', 'data-key': `r${request.id}`, onclick: () => toggle(request.id) },
    h('td', { class: 'time' }, format.clock(request.time)),
    h('td', null, h('button', { type: 'button', class: 'open', title: request.path }, h('b', null, request.method), ` ${request.path}`)),
    h('td', { class: 'status', 'data-class': String(request.status)[0] }, String(request.status)),
    h('td', null,
      request.attempts.at(-1)?.backend ?? 'none',
      retries > 0 ? h('span', { class: 'retried' }, format.plural(retries, 'retry').replace('retrys', 'retries')) : null),
    h('td', null, h('span', { class: 'duration' }, h('b', null, format.duration(request.ms)), h('i'))));
}

function toggle(id) {
  view.open[view.open.has(id) ? 'delete' : 'add'](id);
  // An opened row must not scroll away.
  pause(view.open.size > 0 || view.paused !== null && byId('request-pause').dataset.by === 'hand', 'reading');
  drawn = '';
  renderRequests();
}

function pause(on, by = 'hand') {
  if (on && view.paused === null) {
    view.paused = listed;
    byId('request-pause').dataset.by = by;
  } else if (!on) {
    view.paused = null;
    view.open.clear();
  }
  byId('request-pause').setAttribute('aria-pressed', String(view.paused !== null));
  setText(byId('request-pause'), view.paused ? 'Resume' : 'Pause');
}

const words = {
  answered: 'answered',
  server_error: 'error response',
  never_connected: 'not reachable',
  connect_timeout: 'no connection in time',
  nothing_sent: 'connection lost before sending',
  no_response: 'no response',
  response_timeout: 'no response in time',
  invalid_response: 'not valid HTTP',
  broken_off: 'broke off',
  body_timeout: 'stalled',
  client_gone: 'client left',
  overtaken: 'another was faster',
};

function detailOf(request) {
  const attempts = request.attempts.map((attempt, index) => {
    const failed = !['answered', 'client_gone', 'overtaken'].includes(attempt.outcome);
    const bar = h('i');
    bar.style.left = `${Math.min(99, attempt.at / Math.max(request.ms, 0.01) * 100)}%`;
    bar.style.width = `${Math.min(100, attempt.ms / Math.max(request.ms, 0.01) * 100)}%`;
    return h('li', { class: failed ? 'attempt failed' : 'attempt', 'data-state': failed ? 'unhealthy' : 'healthy' },
      h('span', { class: 'state' }, icon(failed ? 'unhealthy' : 'healthy')),
      h('span', null, h('span', { class: 'unseen' }, `Attempt ${index + 1}: `), attempt.backend),
      h('span', { class: 'outcome' },
        words[attempt.outcome] ?? attempt.outcome, attempt.status ? ` (${attempt.status})` : '', attempt.hedge ? ', hedged' : ''),
      h('span', { class: 'track', 'aria-hidden': 'true' }, bar),
      h('b', null, format.duration(attempt.ms)));
  });
  return h('tr', { class: 'detail', 'data-key': `d${request.id}` }, h('td', { colspan: columns },
    attempts.length ? h('ol', { class: 'attempts', 'aria-label': 'Attempts' }, ...attempts) : h('p', null, 'No backend was available.'),
    explanation(request)));
}

let offered = '';

function offerBackends() {
  const ids = backends().map(backend => backend.id);
  if (offered === ids.join()) return;
  offered = ids.join();
  const select = byId('request-backend');
  const several = store.clusters.length > 1;
  const label = id => several ? id : id.slice(id.indexOf('/') + 1);
  select.replaceChildren(h('option', { value: '' }, 'all'), ...ids.map(id => h('option', { value: id }, label(id))));
  select.value = ids.includes(view.backend) ? view.backend : view.backend = '';
}
