// The console: draws the data of the event stream once a second.
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

const tolerated = 3500; // milliseconds without a message before the page is marked stale

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
  // Several frames arrive together and are drawn once. A hidden page draws nothing.
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

// Change the text rarely, because a screen reader reads every change aloud.
function staleText() {
  return heard === null
    ? 'The balancer does not respond. Reconnecting automatically.'
    : `Connection lost. This is the state at ${new Date(heard).toLocaleTimeString('en-GB')}. Reconnecting automatically.`;
}
