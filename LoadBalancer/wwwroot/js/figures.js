// The headline and the four figures at the top.
import { byId, setAttribute, setText, h } from './dom.js';
import { draw } from './chart.js';
import { backends, store } from './store.js';
import { isTaking, isUntried, order, takesTraffic, word } from './states.js';
import * as format from './format.js';

const room = 300;
/** Seconds that the big numbers are averaged over. */
export const recent = 5;

export function renderFigures() {
  renderHeadline();
  const totals = store.totals;
  const last = totals.slice(-recent);
  const perSecond = mean(last, 'perSecond');
  const errors = mean(last, 'errorsPerSecond');
  const now = totals.at(-1);
  if (!now) return;

  show('rate', format.rate(perSecond), null, `peak ${format.rate(highest(totals, 'perSecond'))} in five minutes`, [values('perSecond')]);
  const lost = sum(totals, 'errorsPerSecond');
  const errorShare = perSecond > 0 ? errors / perSecond : 0;
  show('errors', format.share(errorShare), null,
    lost > 0 ? `${format.count(Math.ceil(lost))} in five minutes` : 'none in five minutes', [values('errorsPerSecond')], errors > 0);
  const measured = last.filter(second => second.perSecond > 0);
  const [number, unit] = format.duration(mean(measured, 'p95')).split(' ');
  show('latency', number, unit,
    `p50 ${format.duration(mean(measured, 'p50'))}  ·  p99 ${format.duration(mean(measured, 'p99'))}`, [values('p95'), values('p50')]);
  show('flight', format.count(now.inFlight), null,
    now.waiting > 0 ? `${format.count(now.waiting)} more wait for a free backend` : 'none waiting', [values('inFlight')]);
}

function show(name, value, unit, note, series, bad = false) {
  const figure = byId(`figure-${name}`);
  const number = figure.querySelector('[data-value]');
  if (number.dataset.shown !== value + unit) {
    number.replaceChildren(value, unit ? h('small', null, unit) : '');
    number.dataset.shown = value + unit;
  }
  setText(figure.querySelector('[data-note]'), note);
  setAttribute(figure, 'data-level', bad ? 'bad' : null);
  const chart = figure.querySelector('[data-chart]');
  if (name === 'errors') chart.classList.toggle('bad', series[0].some(value => value > 0));
  draw(chart, series, room);
}

function renderHeadline() {
  const all = backends();
  const out = all.filter(backend => !takesTraffic(backend.state));
  const element = byId('headline');
  setAttribute(element, 'data-level', out.length === 0 ? null : out.length === all.length || out.some(broken) ? 'bad' : 'warn');
  setText(element, sentence(all, out));
}

function sentence(all, out) {
  const rest = all.filter(backend => !isTaking(backend));
  if (all.length === 0) return 'No backends are configured.';
  if (all.every(isUntried)) {
    return all.length === 1 ? 'The backend is not checked yet.' : `None of the ${format.count(all.length)} backends is checked yet.`;
  }
  if (rest.length === 0) return all.length === 1 ? 'The backend takes traffic.' : `All ${format.count(all.length)} backends take traffic.`;
  const which = rest.length <= 2 ? format.list(rest.map(backend => `${backend.name} is ${lower(backend.state)}`)) : byState(rest);
  if (out.length === all.length) return `No backend takes traffic, clients get errors: ${which}.`;
  const taking = all.length - rest.length;
  return taking === 0
    ? `No backend is known to take traffic: ${which}.`
    : `${format.count(taking)} of ${format.count(all.length)} backends ${taking === 1 ? 'takes' : 'take'} traffic. ${which}.`;
}

const byState = some => format.list(order
  .map(state => [state, some.filter(backend => backend.state === state).length])
  .filter(([, number]) => number > 0)
  .map(([state, number]) => `${format.count(number)} ${number === 1 ? 'is' : 'are'} ${lower(state)}`), order.length);
const lower = state => word(state).toLowerCase();
const broken = backend => backend.state === 'unhealthy' || backend.state === 'ejected';
const values = key => store.totals.map(second => second[key]);
const sum = (seconds, key) => seconds.reduce((total, second) => total + second[key], 0);
export const mean = (seconds, key) => seconds.length ? sum(seconds, key) / seconds.length : 0;
const highest = (seconds, key) => Math.max(0, ...seconds.map(second => second[key]));
