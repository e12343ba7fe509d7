// Calls the admin API, with the token if one is needed. The token is kept for this tab only.
import { byId } from './dom.js';

const key = 'aspirelb.token';
let asking = null;

/** fetch() with the token; asks for it when the balancer wants one, and again until it is right. */
export async function call(path, options = {}) {
  for (;;) {
    const token = sessionStorage.getItem(key);
    const headers = { ...options.headers, ...token && { Authorization: `Bearer ${token}` } };
    const response = await fetch(path, { ...options, headers, cache: 'no-store', credentials: 'same-origin' });
    if (response.status !== 401) return response;
    await response.body?.cancel();
    await askForToken(token);
  }
}

/** GET that gives the parsed answer, or null where there is no such thing. */
export async function get(path) {
  const response = await call(path);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}

/**
 * Any call with a JSON body; gives what came, with the ETag.
 * @throws {Error} with the problem's title, and what it lists as errors
 */
export async function send(method, path, text, etag) {
  const headers = { ...text && { 'Content-Type': 'application/json' }, ...etag && { 'If-Match': etag } };
  const response = await call(path, { method, headers, body: text });
  const data = await response.json().catch(() => null);
  if (!response.ok) throw Object.assign(new Error(data?.title ?? `The balancer responded with ${response.status}.`), { errors: data?.errors ?? [] });
  return { data, etag: response.headers.get('ETag') };
}

/** Changes a backend: { state: 'active' | 'draining' | 'disabled', weight: 1… }. */
export async function change(backend, changes) {
  const path = `/api/backends/${encodeURIComponent(backend.cluster)}/${encodeURIComponent(backend.name)}`;
  const response = await call(path, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(changes) });
  if (!response.ok) throw new Error(await reason(response));
}

async function reason(response) {
  const problem = await response.json().catch(() => null);
  return problem?.detail ?? problem?.title ?? `The balancer responded with ${response.status}.`;
}

// Several calls may find the token missing at the same time; they share one prompt.
function askForToken(refused) {
  if (sessionStorage.getItem(key) !== refused) return Promise.resolve();
  asking ??= new Promise(resolve => {
    const dialog = byId('token');
    byId('token-error').hidden = refused === null;
    dialog.addEventListener('cancel', event => event.preventDefault());
    dialog.addEventListener('close', () => {
      sessionStorage.setItem(key, byId('token-value').value.trim());
      byId('token-value').value = '';
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}
