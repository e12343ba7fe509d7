// The console: what the event stream says, drawn once a second.
import { byId, setAttribute, setText } from './dom.js';
import { apply, store } from './store.js';
import { watch } from './stream.js';
import { setUpTheme } from './theme.js';
import { renderFigures } from './figures.js';
import { renderTopology, setUpTopology } from './topology.js';
import { find, renderBackends, setUpBackends } from './backends.js';
import { renderEvents } from './events.js';
import { renderRequests, setUpRequests } from './requests.js';
import { setUpManage } from './manage.js';
import { setUpConfiguration } from './configuration.js';
import { renderPending, setUpPending } from './pending.js';
import { renderHistory, setUpHistory } from './history.js';

const tolerated = 3500; // milliseconds without word before the page calls itself stale

let heard = null;
let nextTry = null;
let drawing = false;

setUpTheme();
setUpTopology(find);
setUpBackends();
setUpRequests();
setUpManage();
setUpConfiguration();
setUpPending();
setUpHistory();
const tryNow = watch(onFrame, onState);
byId('retry-now').addEventListener('click', tryNow);
setInterval(renderConnection, 500);

function onFrame(name, data) {
  heard = Date.now();
  apply(name, data);
  if (drawing) return;
  drawing = true;
  // Several frames come at a time; one drawing shows them all. A page that is not looked at draws nothing.
  requestAnimationFrame(() => {
    drawing = false;
    render();
  });
}

function onState(state, next) {
  nextTry = state === 'live' ? null : next;
  renderConnection();
}

function render() {
  setAttribute(byId('main'), 'aria-busy', null);
  document.title = `${titleMark()}AspireLB`;
  renderPending();
  renderFigures();
  renderTopology();
  renderBackends();
  renderEvents();
  renderRequests();
  renderHistory();
}

function titleMark() {
  const down = [...store.backends.values()].filter(backend => backend.state === 'unhealthy' || backend.state === 'ejected').length;
  return down ? `(${down} down) ` : '';
}

function renderConnection() {
  const stale = heard === null ? nextTry !== null : nextTry !== null || Date.now() - heard > tolerated;
  document.body.classList.toggle('is-stale', stale);
  byId('stale').hidden = !stale;
  const pill = byId('connection');
  pill.dataset.state = stale ? 'lost' : heard === null ? 'connecting' : 'live';
  setText(pill, stale ? 'Not connected' : heard === null ? 'Connecting' : 'Live');
  if (stale) setText(byId('stale-text'), staleText());
}

// The text changes rarely: a screen reader reads every change aloud.
function staleText() {
  return heard === null
    ? 'The balancer does not answer. Trying again by itself.'
    : `Connection lost. This is how things were at ${new Date(heard).toLocaleTimeString('en-GB')}. Trying again by itself.`;
}
