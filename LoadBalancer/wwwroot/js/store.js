// The data of the page: a snapshot, kept up to date by the event stream.
const seconds = 300;
const bins = 60;
const binLength = 5;
const mostRequests = 300; // of each kind
const mostEvents = 200;

export const store = {
  /** The balancer's clock at the last frame, in milliseconds. */
  time: 0,
  instance: null,
  clusters: [],
  /** The configuration that waits for its confirmation: { confirmBy, maxErrorRate, requests, failures }; null: none does. */
  pending: null,
  /** The last five minutes, a second each, oldest first. */
  totals: [],
  /** By cluster/name, in configured order. */
  backends: new Map(),
  /** Oldest first. */
  events: [],
  /** Oldest first. */
  requests: [],
};

let ticksInBin = 0;

export function apply(name, data) {
  if (name === 'snapshot') snapshot(data);
  else if (name === 'tick') tick(data);
  else if (name === 'event') store.events = fitting(append(store.events, [data]));
  else if (name === 'requests') store.requests = latest(append(store.requests, data));
}

function snapshot(data) {
  const sameRun = store.instance === data.instance;
  Object.assign(store, { time: data.time, instance: data.instance, clusters: data.clusters, pending: data.pending, totals: data.totals });
  store.backends = new Map(data.backends.map(({ now, ...rest }) => [now.id, { ...rest, ...now }]));
  store.events = fitting(append(sameRun ? store.events : [], data.events));
  store.requests = latest(append(sameRun ? store.requests : [], data.requests));
  ticksInBin = 0;
}

function tick(data) {
  store.time = data.time;
  store.pending = data.pending;
  store.totals.push(data.totals);
  if (store.totals.length > seconds) store.totals.shift();
  for (const figures of data.backends) Object.assign(store.backends.get(figures.id) ?? {}, figures);
  if (++ticksInBin < binLength) return;
  ticksInBin = 0;
  for (const backend of store.backends.values()) {
    backend.history.push({ perSecond: backend.perSecond, p95: backend.p95 });
    if (backend.history.length > bins) backend.history.shift();
  }
}

// Ids ascend, and a snapshot may repeat entries that are already here.
function append(known, more) {
  const last = known.at(-1)?.id ?? 0;
  return [...known, ...more.filter(entry => entry.id > last)];
}

// Removes the oldest event of the most frequent kind: a thousand backends that come up don't displace the one that went down.
function fitting(events) {
  while (events.length > mostEvents) {
    const counts = {};
    for (const { kind } of events) counts[kind] = (counts[kind] ?? 0) + 1;
    const most = Object.keys(counts).reduce((a, b) => counts[b] > counts[a] ? b : a);
    events.splice(events.findIndex(({ kind }) => kind === most), 1);
  }
  return events;
}

// The many ordinary requests don't displace the few notable ones.
function latest(requests) {
  const room = { ordinary: mostRequests, notable: mostRequests };
  return requests.toReversed().filter(request => room[wentWell(request) ? 'ordinary' : 'notable']-- > 0).toReversed();
}

const wentWell = request => request.status < 500 && request.attempts.length === 1
  && ['answered', 'client_gone'].includes(request.attempts[0].outcome);

/** Backends as an array. */
export const backends = () => [...store.backends.values()];
