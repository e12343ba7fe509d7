// Where such a request would go now, and why: asked of the balancer where it can tell.
import { h } from './dom.js';
import { get } from './api.js';

export function explanation(request) {
  const place = h('div', { class: 'explanation' });
  const button = h('button', { type: 'button', 'aria-expanded': 'false', onclick: open }, 'Where would it go now?');
  place.append(button);

  async function open() {
    if (button.getAttribute('aria-expanded') === 'true') {
      place.replaceChildren(button);
      button.setAttribute('aria-expanded', 'false');
      return;
    }
    const query = new URLSearchParams({ path: request.path, method: request.method });
    const told = await get(`/api/explain?${query}`).catch(error => error.message);
    const text = told === null ? 'This balancer has no explanations.' : typeof told === 'string' ? told : JSON.stringify(told, null, 2);
    place.append(h('pre', { tabindex: 0, 'aria-label': 'Explanation' }, text));
    button.setAttribute('aria-expanded', 'true');
  }
  return place;
}
