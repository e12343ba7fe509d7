// The dialog that changes a backend. It shows the effect of a change before it is made, and every change can be undone.
import { byId, h, setAttribute, setText } from './dom.js';
import { backends } from './store.js';
import { badge, takesTraffic } from './states.js';
import { change } from './api.js';
import * as format from './format.js';

const patience = 20000; // milliseconds during which undo is offered
const states = { draining: 'draining', disabled: 'disabled' };
const administrative = backend => states[backend.state] ?? 'active';
let current = null;

export function setUpManage() {
  const form = byId('manage').querySelector('form');
  form.addEventListener('input', explain);
  form.addEventListener('submit', event => { event.preventDefault(); submit(); });
  byId('manage-cancel').addEventListener('click', () => byId('manage').close());
}

/**
 * @param backend which
 * @param state the state to propose, or null for the present one
 * @param opener gets the focus back
 */
export function manage(backend, state, opener) {
  const dialog = byId('manage');
  current = { ...backend };
  byId('manage-title').replaceChildren(backend.name, badge(backend.state));
  setText(byId('manage-address'), `${backend.address} in cluster ${backend.cluster}`);
  dialog.querySelector(`[value="${state ?? administrative(backend)}"]`).checked = true;
  byId('manage-weight').value = backend.weight;
  byId('manage-error').hidden = true;
  explain();
  dialog.addEventListener('close', () => opener.isConnected && opener.focus(), { once: true });
  dialog.showModal();
  (state ? byId('manage-apply') : dialog.querySelector(':checked')).focus();
}

function wanted() {
  const state = byId('manage').querySelector(':checked').value;
  const weight = byId('manage-weight').valueAsNumber;
  return {
    ...state !== administrative(current) && { state },
    ...weight !== current.weight && Number.isInteger(weight) && { weight },
  };
}

function explain() {
  const changes = wanted();
  const others = backends().filter(other => other.cluster === current.cluster && other.id !== current.id && takesTraffic(other.state)).length;
  const leaves = changes.state === 'draining' || changes.state === 'disabled';
  const last = leaves && others === 0;
  setAttribute(byId('manage-effect'), 'data-level', last ? 'bad' : null);
  setText(byId('manage-effect'), last
    ? `No other backend of ${current.cluster} takes traffic: clients will get 503 responses.`
    : [
      effectOf(changes.state, others),
      changes.weight && `Its weight becomes ${changes.weight} instead of ${current.weight}.`,
    ].filter(Boolean).join(' ') || 'Nothing would change.');
  byId('manage-apply').disabled = Object.keys(changes).length === 0;
  setText(byId('manage-apply'), { draining: 'Drain', disabled: 'Disable', active: 'Enable' }[changes.state] ?? 'Apply');
}

function effectOf(state, others) {
  const rest = others === 1 ? 'The one other backend takes over its share.' : `The ${format.count(others)} other backends take over its share.`;
  const finishes = current.inFlight ? `It finishes its ${format.plural(current.inFlight, 'request')} in flight and gets` : 'It gets';
  if (state === 'draining') return `${finishes} no new requests. ${rest}`;
  if (state === 'disabled') return `It gets no requests until it is enabled again. ${rest}`;
  if (state === 'active') return 'It gets its share of new requests again.';
  return '';
}

async function submit() {
  const changes = wanted();
  const backend = current;
  const before = { ...changes.state && { state: administrative(backend) }, ...changes.weight && { weight: backend.weight } };
  byId('manage-apply').disabled = true;
  try {
    await change(backend, changes);
    byId('manage').close();
    toast(done(backend, changes), () => change(backend, before), `${backend.name} is restored.`);
  } catch (error) {
    setText(byId('manage-error'), error.message);
    byId('manage-error').hidden = false;
    byId('manage-apply').disabled = false;
  }
}

function done(backend, { state, weight }) {
  const told = { draining: 'drains', disabled: 'is disabled', active: 'is enabled' };
  return `${backend.name} ${[state && told[state], weight && `has weight ${weight}`].filter(Boolean).join(' and ')}.`;
}

function toast(text, undo, undone) {
  const close = () => element.remove();
  const button = h('button', { type: 'button', onclick: act }, 'Undo');
  const element = h('div', { class: 'toast' }, h('p', null, text), button);
  byId('toasts').append(element);
  let timer = setTimeout(close, patience);

  async function act() {
    button.disabled = true;
    clearTimeout(timer);
    try {
      await undo();
      button.remove();
      setText(element.firstChild, undone);
    } catch (error) {
      button.disabled = false;
      element.classList.add('failed');
      setText(element.firstChild, `Not undone: ${error.message}`);
    }
    timer = setTimeout(close, patience / 4);
  }
}
