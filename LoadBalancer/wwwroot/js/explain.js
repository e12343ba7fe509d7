// Explains where such a request would go now, and why. The balancer computes this without sending anything.
import { h } from './dom.js';
import { get } from './api.js';
import { icon } from './states.js';
import * as format from './format.js';

const most = 12;

export function explanation(request) {
  const place = h('div', { class: 'explanation' });
  const button = h('button', { type: 'button', 'aria-expanded': 'false', onclick: toggle }, 'Where would it go now?');
  place.append(button);

  async function toggle() {
    const open = button.getAttribute('aria-expanded') === 'false';
    button.setAttribute('aria-expanded', String(open));
    place.replaceChildren(button);
    if (open) place.append(await told(request));
  }
  return place;
}

async function told(request) {
  try {
    const query = new URLSearchParams({ path: request.path, method: request.method });
    const answer = await get(`/api/explain?${query}`);
    if (!answer) return h('p', null, 'This balancer does not support explanations.');
    return h('div', { class: 'answer', role: 'status' },
      h('p', null, answer.summary), candidates(answer.backends ?? []), retries(answer.retry));
  } catch (error) {
    return h('p', { class: 'error' }, error.message);
  }
}

function candidates(backends) {
  const shown = [...backends].sort((a, b) => b.candidate - a.candidate).slice(0, most);
  const rest = backends.length - shown.length;
  return h('ul', { class: 'candidates' },
    ...shown.map(backend => h('li', { 'data-state': backend.state },
      h('span', { class: 'state' }, icon(backend.state)), h('span', null, backend.name),
      h('span', { class: 'hint' }, [backend.candidate && `${format.share(backend.share)} of the picks`, backend.reason].filter(Boolean).join(', ')))),
    rest > 0 ? h('li', { class: 'hint' }, `and ${format.count(rest)} more`) : null);
}

function retries(retry) {
  if (!retry) return null;
  const after = [
    retry.afterRefusedConnection && 'a refused connection',
    retry.afterNoAnswer && 'no response',
    retry.afterBrokenAnswer && 'a response that breaks off',
    retry.afterStatus.length > 0 && `status ${retry.afterStatus.join(', ')}`,
  ].filter(Boolean);
  const hedged = retry.hedgedAfterMs != null
    && ` After ${format.duration(retry.hedgedAfterMs)} without a response, a second backend is tried in parallel.`;
  const attempts = format.plural(retry.maxAttempts, 'attempt');
  const text = `Retried on another backend, up to ${attempts} in all, after ${format.list(after, after.length)}.`;
  return h('p', { class: 'hint' }, after.length ? text : 'Never retried.', hedged || '');
}
