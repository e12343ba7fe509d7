// Shows the configuration in effect and applies a new one, after showing what would change.
import { byId, h, setText } from './dom.js';
import { call, send } from './api.js';
import * as format from './format.js';

let seen = null; // the text whose changes are shown, and the ETag of the state they apply to

export function setUpConfiguration() {
  const details = byId('configuration').querySelector('details');
  details.addEventListener('toggle', () => details.open && byId('configuration-form').hidden && show());
  byId('configuration-change').addEventListener('click', edit);
  byId('configuration-cancel').addEventListener('click', close);
  byId('configuration-new').addEventListener('input', forget);
  byId('configuration-form').addEventListener('submit', event => { event.preventDefault(); (seen ? apply : preview)(); });
}

async function show() {
  try {
    const response = await call('/api/config');
    setText(byId('configuration-text'), JSON.stringify(await response.json(), null, 2));
  } catch (error) {
    setText(byId('configuration-text'), error.message);
  }
}

async function edit() {
  await show();
  byId('configuration-new').value = byId('configuration-text').textContent;
  forget();
  open(true);
  byId('configuration-new').focus();
}

function close() {
  open(false);
  byId('configuration-change').focus();
}

function open(editing) {
  byId('configuration-form').hidden = !editing;
  byId('configuration-shown').hidden = editing;
}

function forget() {
  seen = null;
  byId('configuration-terms').hidden = true;
  byId('configuration-result').replaceChildren();
  setText(byId('configuration-submit'), 'Show what would change');
}

async function preview() {
  const text = byId('configuration-new').value;
  await attempt(async () => {
    JSON.parse(text);
    const { data, etag } = await send('POST', '/api/config/validate', text);
    const changes = data.changes;
    byId('configuration-result').replaceChildren(
      h('p', null, changes.length ? `${format.plural(changes.length, 'setting')} would change:` : 'Nothing would change.'), shownLines(changes));
    if (changes.length === 0) return;
    seen = { text, etag };
    byId('configuration-terms').hidden = false;
    setText(byId('configuration-submit'), 'Apply');
  });
}

async function apply() {
  const terms = new URLSearchParams({
    confirmWithin: span(byId('configuration-within').valueAsNumber),
    maxErrorRate: byId('configuration-rate').valueAsNumber / 100,
  });
  await attempt(async () => {
    await send('PUT', `/api/config?${terms}`, seen.text, seen.etag);
    await show();
    close();
  });
}

async function attempt(action) {
  const button = byId('configuration-submit');
  button.disabled = true;
  try {
    await action();
  } catch (error) {
    forget();
    const message = error instanceof SyntaxError ? `This is not JSON: ${error.message}` : error.message;
    byId('configuration-result').replaceChildren(h('p', { class: 'error' }, message), shownLines(error.errors ?? []));
  }
  button.disabled = false;
}

/** A line each, marked + (new), - (gone) or ~ (changed). */
export const changeLines = (texts, attributes) =>
  h('ul', { class: 'changes', ...attributes }, ...texts.map(text => h('li', { 'data-mark': text[0] }, text)));

const shownLines = texts => texts.length ? changeLines(texts, { tabindex: '0', 'aria-label': 'Line by line' }) : '';

function span(seconds) {
  const part = (value, of) => String(Math.floor(value) % of).padStart(2, '0');
  return seconds >= 86400 ? '1.00:00:00' : `${part(seconds / 3600, 24)}:${part(seconds / 60, 60)}:${part(seconds, 60)}`;
}
