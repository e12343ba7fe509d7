// The table of backends, with search, sorting and groups. Only visible rows exist in the DOM.
import { byId, debounce, h, s, setAttribute, setText } from './dom.js';
import { draw } from './chart.js';
import { backends } from './store.js';
import { badge, isTaking, order, word } from './states.js';
import { virtualRows } from './virtual.js';
import { manage } from './manage.js';
import * as format from './format.js';

const columns = 10;
const view = { search: '', group: '', sort: null, descending: false, closed: new Set() };
let rows;

export function setUpBackends() {
  rows = virtualRows(byId('backend-scroll'), byId('backend-table').tBodies[0], columns, make, update);
  byId('backend-search').addEventListener('input', debounce(() => {
    view.search = byId('backend-search').value.trim().toLowerCase();
    renderBackends();
  }, 80));
  byId('backend-group').addEventListener('change', event => { view.group = event.target.value; renderBackends(); });
  for (const head of byId('backend-table').querySelectorAll('th[data-sort]')) {
    head.querySelector('button').addEventListener('click', () => sortBy(head.dataset.sort));
  }
}

export function renderBackends() {
  const all = backends();
  const found = all.filter(matches);
  const [shown, known] = [format.count(found.length), format.count(all.length)];
  setText(byId('backends-count'), found.length === all.length ? known : `${shown} of ${known}`);
  byId('backends-none').hidden = found.length > 0;
  setText(byId('backends-none'), all.length ? `No backend matches “${view.search}”.` : 'No backends are configured.');
  rows.set(arrange(sorted(found)));
}

/** Shows what a name or state finds, and leads there. */
export function find(text) {
  byId('backend-search').value = text;
  view.search = text.toLowerCase();
  renderBackends();
  byId('backends').scrollIntoView({ block: 'start', behavior: 'smooth' });
  byId('backends').focus({ preventScroll: true });
}

const texts = backend => [backend.name, backend.address, backend.cluster, backend.state, word(backend.state)];
const matches = backend => !view.search || texts(backend).some(text => text.toLowerCase().includes(view.search));

function sortBy(key) {
  // The first click sorts names ascending and figures descending, the second reverses, the third restores the configured order.
  const natural = key !== 'name' && key !== 'state';
  if (view.sort !== key) Object.assign(view, { sort: key, descending: natural });
  else if (view.descending === natural) view.descending = !natural;
  else view.sort = null;
  for (const head of byId('backend-table').querySelectorAll('th[data-sort]')) {
    setAttribute(head, 'aria-sort', head.dataset.sort !== view.sort ? null : view.descending ? 'descending' : 'ascending');
  }
  renderBackends();
}

function sorted(found) {
  if (!view.sort) return found;
  const value = view.sort === 'state' ? backend => order.indexOf(backend.state) : backend => backend[view.sort];
  const compare = view.sort === 'name' ? (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) : (a, b) => value(a) - value(b);
  return found.toSorted((a, b) => view.descending ? compare(b, a) : compare(a, b));
}

function arrange(found) {
  const item = backend => ({ key: backend.id, backend });
  if (!view.group) return found.map(item);
  const groups = Map.groupBy(found, backend => backend[view.group]);
  const names = [...groups.keys()].sort((a, b) => view.group === 'state' ? order.indexOf(a) - order.indexOf(b) : a.localeCompare(b));
  return names.flatMap(name => {
    const closed = view.closed.has(name);
    return [{ key: `group ${name}`, group: name, members: groups.get(name), closed }, ...closed ? [] : groups.get(name).map(item)];
  });
}

function make(item) {
  if (item.members) {
    const toggle = () => { view.closed[view.closed.has(item.group) ? 'delete' : 'add'](item.group); renderBackends(); };
    return h('tr', { class: 'group' }, h('td', { colspan: columns }, h('button', { type: 'button', onclick: toggle })));
  }
  const { backend } = item;
  return h('tr', { class: 'row', 'data-backend': backend.id },
    h('td', { class: 'status' }),
    h('td', { class: 'who' }, h('span', { class: 'name' }, backend.name), h('span', { class: 'address' })),
    h('td', { class: 'traffic' }, h('span', { class: 'rate' }, h('b'), s('svg', { class: 'chart', 'aria-hidden': 'true' }))),
    ...['errors', 'p50', 'p95', 'p99', 'flight', 'weigh'].map(name => h('td', { class: `number ${name}` })),
    h('td', { class: 'actions' },
      h('button', { type: 'button', class: 'toggle', onclick: event => open(backend.id, event, true) }),
      h('button', { type: 'button', 'aria-label': `Manage ${backend.name}`, onclick: event => open(backend.id, event, false) }, 'Manage')));
}

function update(row, item) {
  if (item.members) return updateGroup(row, item);
  const { backend } = item;
  const status = row.querySelector('.status');
  if (row.dataset.state !== backend.state) {
    row.dataset.state = backend.state;
    status.replaceChildren(badge(backend.state));
  }
  setText(row.querySelector('.address'), backend.address);
  setText(row.querySelector('.rate b'), format.rate(backend.perSecond));
  draw(row.querySelector('.chart'), [backend.history.map(bin => bin.perSecond)], 60);
  setText(row.querySelector('.errors'), format.share(backend.errorRate));
  row.querySelector('.errors').classList.toggle('some', backend.errorRate > 0);
  for (const quantile of ['p50', 'p95', 'p99']) setText(row.querySelector(`.${quantile}`), format.duration(backend[quantile]));
  setText(row.querySelector('.flight'), format.count(backend.inFlight));
  setText(row.querySelector('.weigh'), format.count(backend.weight));
  const toggle = row.querySelector('.toggle');
  const verb = backend.state === 'draining' || backend.state === 'disabled' ? 'Enable' : 'Drain';
  setText(toggle, verb);
  setAttribute(toggle, 'aria-label', `${verb} ${backend.name}`);
}

function updateGroup(row, { group, members, closed }) {
  const button = row.querySelector('button');
  const taking = members.filter(isTaking).length;
  const perSecond = members.reduce((sum, backend) => sum + backend.perSecond, 0);
  const name = view.group === 'state' ? word(group) : group;
  const all = format.plural(members.length, 'backend');
  const detail = view.group === 'state' ? all : `${format.count(taking)} of ${all} ${taking === 1 ? 'takes' : 'take'} traffic`;
  setText(button, `${closed ? '▸' : '▾'} ${name}: ${detail}, ${format.rate(perSecond)} req/s`);
  setAttribute(button, 'aria-expanded', String(!closed));
}

function open(id, event, toggles) {
  const backend = backends().find(known => known.id === id);
  const out = backend.state === 'draining' || backend.state === 'disabled';
  manage(backend, toggles ? (out ? 'active' : 'draining') : null, event.currentTarget);
}
