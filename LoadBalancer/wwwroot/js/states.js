import { h, s } from './dom.js';

// A state is never shown by colour alone: each has its own word and shape.
const states = {
  healthy: { word: 'Healthy', shape: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.6 5.1-4.2 4.8-2.7-2.5 1.1-1.2 1.5 1.4 3.1-3.5Z' },
  unhealthy: { word: 'Down', shape: 'M3.2 1.5 8 6.3l4.8-4.8 1.7 1.7L9.7 8l4.8 4.8-1.7 1.7L8 9.7l-4.8 4.8-1.7-1.7L6.3 8 1.5 3.2Z' },
  ejected: { word: 'Ejected', shape: 'M8 1.2 15.5 14.5H.5ZM7.1 6v4h1.8V6Zm0 5.2v1.7h1.8v-1.7Z' },
  draining: { word: 'Draining', shape: 'M8 1.5C5 5.6 3.5 7.9 3.5 10.2a4.5 4.5 0 0 0 9 0C12.5 7.9 11 5.6 8 1.5Z' },
  disabled: { word: 'Disabled', shape: 'M3 2h3.7v12H3Zm6.3 0H13v12H9.3Z' },
  unknown: { word: 'Not checked yet', shape: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 1.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8Z' },
};

/** States from the one that most wants attention to the one that least does. */
export const order = ['unhealthy', 'ejected', 'draining', 'disabled', 'unknown', 'healthy'];

export const word = state => states[state]?.word ?? state;

/** Whether requests may go to a backend in this state. */
export const takesTraffic = state => state === 'healthy' || state === 'unknown';

/** Whether nothing is known of a backend: neither has a probe succeeded nor a request been answered. */
export const isUntried = backend => backend.state === 'unknown' && backend.requests - backend.inFlight <= backend.failures;

/** Whether a backend is known to answer requests, and they go to it. */
export const isTaking = backend => takesTraffic(backend.state) && !isUntried(backend);

export const shape = state => states[state]?.shape ?? states.unknown.shape;

export const icon = state => s('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: shape(state), 'fill-rule': 'evenodd' }));

export const badge = state => h('span', { class: 'state', 'data-state': state }, icon(state), h('span', null, word(state)));
