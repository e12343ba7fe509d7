// A configuration that waits for confirmation: every open console shows the time left and can confirm or roll back.
import { byId, setText } from './dom.js';
import { store } from './store.js';
import { send } from './api.js';
import * as format from './format.js';

export function setUpPending() {
  byId('pending-confirm').addEventListener('click', () => decide('confirm'));
  byId('pending-back').addEventListener('click', () => decide('rollback'));
}

export function renderPending() {
  const { pending } = store;
  byId('pending').hidden = pending === null;
  if (pending === null) return;
  setText(byId('pending-left'), format.countdown(Date.parse(pending.confirmBy) - store.time));
  setText(byId('pending-rate'), `${Math.round(pending.maxErrorRate * 100)} %`);
  const failed = `${format.count(pending.failures)} of ${format.plural(pending.requests, 'request')} failed so far.`;
  setText(byId('pending-count'), pending.requests === 0 ? 'No requests yet.' : failed);
}

async function decide(how) {
  const buttons = byId('pending').querySelectorAll('button');
  buttons.forEach(button => { button.disabled = true; });
  byId('pending-error').hidden = true;
  try {
    await send('POST', `/api/config/${how}`);
    byId('pending').hidden = true; // the next message from the balancer confirms this
  } catch (error) {
    setText(byId('pending-error'), error.message);
    byId('pending-error').hidden = false;
  }
  buttons.forEach(button => { button.disabled = false; });
}
