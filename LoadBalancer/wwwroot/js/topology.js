// Draws clients, the balancer and the backends with their traffic. Up to a dozen backends have their own node; more are counted by cluster
// and state.
import { byId, s, setAttribute, setText } from './dom.js';
import { backends, store } from './store.js';
import { mean, recent } from './figures.js';
import { order, shape, takesTraffic, word } from './states.js';
import * as format from './format.js';

const mostNodes = 12;
const still = matchMedia('(prefers-reduced-motion: reduce)');
let drawn = '';
let parts = new Map();
let show = () => {};

/** @param onShow called with what to look for in the table when a node is clicked */
export function setUpTopology(onShow) {
  show = onShow;
  new ResizeObserver(() => { drawn = ''; renderTopology(); }).observe(byId('topology'));
}

export function renderTopology() {
  const nodes = nodesOf(backends());
  const style = getComputedStyle(byId('topology'));
  const width = Math.floor(byId('topology').clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
  const key = `${width} ${policies().join()} ${nodes.map(node => node.key).join('\n')}`;
  if (key !== drawn && width > 0) {
    drawn = key;
    layOut(nodes, width);
  }
  const busiest = Math.max(1, ...nodes.map(node => node.perSecond));
  for (const node of nodes) update(node, busiest);
  updateEntrance();
}

function nodesOf(all) {
  if (all.length <= mostNodes) {
    const weighted = all.some(backend => backend.weight !== all[0].weight);
    return all.map(backend => ({
      key: backend.id,
      label: backend.name,
      find: backend.name,
      state: backend.state,
      perSecond: backend.perSecond,
      note: '',
      weight: weighted ? backend.weight : null,
    }));
  }
  const groups = new Map();
  for (const backend of all) {
    const key = `${backend.cluster} ${backend.state}`;
    const group = groups.get(key) ?? { key, label: backend.cluster, find: word(backend.state), state: backend.state, perSecond: 0, number: 0 };
    group.perSecond += backend.perSecond;
    group.number++;
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(group => ({ ...group, note: format.count(group.number) }))
    .sort((a, b) => a.label.localeCompare(b.label) || order.indexOf(b.state) - order.indexOf(a.state))
    .slice(0, mostNodes);
}

function layOut(nodes, width) {
  const narrow = width < 460;
  const pitch = 42;
  const height = Math.max(132, nodes.length * pitch + 8);
  const middle = height / 2;
  const [side, centre] = narrow ? [54, 70] : [112, 132];
  const right = narrow ? width - side - centre - 62 : Math.min(300, width * 0.36);
  const centreX = narrow ? side + 22 : (width - right - centre + side) / 2;
  const label = 'Clients send requests to the balancer, which spreads them over the backends; the table below has the figures.';
  const svg = s('svg', { viewBox: `0 0 ${width} ${height}`, height, role: 'img', 'aria-label': label });
  parts = new Map();
  parts.set('entrance', pipe(svg, `M${side} ${middle}H${centreX}`));
  const rows = nodes.map((node, index) => {
    const y = middle + (index - (nodes.length - 1) / 2) * pitch;
    const [from, to] = [centreX + centre, width - right];
    const bend = (to - from) / 2;
    // Lines start side by side, so that each is distinct.
    const start = middle + (index - (nodes.length - 1) / 2) * Math.min(10, 44 / nodes.length);
    return { node, y, part: pipe(svg, `M${from} ${start}C${from + bend} ${start} ${to - bend} ${y} ${to} ${y}`) };
  });
  for (const { node, y, part } of rows) {
    parts.set(node.key, Object.assign(part, backendNode(svg, node, width - right, y, right, narrow)));
  }
  const [, clientsRate] = box(svg, 'node', 0, middle, side, 'Clients');
  const [balancer, policy] = box(svg, 'node balancer', centreX, middle, centre, narrow ? 'Balancer' : 'Load balancer');
  policy.textContent = policies().length > 1 ? `${store.clusters.length} clusters` : narrow ? '' : policies().join();
  if (!policy.textContent) balancer.querySelector('text').setAttribute('y', middle + 4.5);
  parts.get('entrance').rate = clientsRate;
  byId('topology').replaceChildren(svg);
}

const policies = () => [...new Set(store.clusters.map(cluster => cluster.policy))];

function box(svg, kind, x, y, width, label) {
  const small = s('text', { class: 'small', x: x + width / 2, y: y + 15, 'text-anchor': 'middle' });
  const group = s('g', { class: kind },
    s('rect', { x, y: y - 27, width, height: 54, rx: 9 }),
    s('text', { x: x + width / 2, y: y - 3, 'text-anchor': 'middle' }, label), small);
  svg.append(group);
  return [group, small];
}

function backendNode(svg, node, x, y, width, narrow) {
  const mark = s('path', { transform: `translate(${x + 11} ${y - 7}) scale(.875)`, class: 'mark', 'fill-rule': 'evenodd' });
  const label = s('text', { x: x + 33, y: y + 4.5 }, shorten(node.label, (width - (narrow ? 70 : node.weight ? 170 : 120)) / 7));
  const rate = s('text', { class: 'small rate', x: x + width - 11, y: y + 4.5, 'text-anchor': 'end' });
  const group = s('g', { class: 'node backend', onclick: () => show(node.find) },
    s('title', null, node.label), s('rect', { x, y: y - 17, width: width - 1, height: 34, rx: 8 }), mark, label, rate);
  svg.append(group);
  return { group, mark, rate, narrow };
}

function pipe(svg, d) {
  const base = s('path', { class: 'pipe', d });
  const flow = s('path', { class: 'flow', d });
  svg.append(base, flow);
  const motion = still.matches ? null : flow.animate([{ strokeDashoffset: 0 }, { strokeDashoffset: -24 }], { duration: 1000, iterations: Infinity });
  motion?.pause();
  return { base, flow, motion };
}

function update(node, busiest) {
  const part = parts.get(node.key);
  if (!part) return;
  const takes = takesTraffic(node.state);
  setAttribute(part.group, 'data-state', node.state);
  setAttribute(part.mark, 'd', shape(node.state));
  setAttribute(part.base, 'class', takes ? 'pipe' : 'pipe out');
  setAttribute(part.base, 'data-state', node.state);
  setText(part.rate, told(node, takes, part.narrow));
  stream(part, node.perSecond, node.perSecond / busiest);
}

// When space is narrow, only the mark shows the state.
function told(node, takes, narrow) {
  if (!takes) return narrow ? node.note : `${node.note} ${word(node.state)}`.trim();
  const rate = format.rate(node.perSecond);
  if (narrow) return node.note || `${rate}/s`;
  return [node.weight && `weight ${node.weight}`, node.note, `${rate} req/s`].filter(Boolean).join(' · ');
}

function updateEntrance() {
  const entrance = parts.get('entrance');
  const perSecond = mean(store.totals.slice(-recent), 'perSecond');
  if (!entrance) return;
  setText(entrance.rate, `${format.rate(perSecond)}${byId('topology').clientWidth < 480 ? '/s' : ' req/s'}`);
  stream(entrance, perSecond, 1);
}

// Width shows the share and speed the rate: one request per second moves slowly, thousands fast.
function stream(part, perSecond, share) {
  const busy = perSecond > 0.05;
  part.flow.style.opacity = busy ? 1 : 0;
  part.base.style.strokeWidth = `${2 + 6 * share}px`;
  part.flow.style.strokeWidth = `${3 + 2 * share}px`;
  if (!part.motion) return;
  if (!busy) part.motion.pause();
  else if (part.motion.playState !== 'running') part.motion.play();
  if (busy) part.motion.updatePlaybackRate(0.35 + Math.log10(1 + perSecond));
}

const shorten = (text, length) => text.length <= length ? text : `${text.slice(0, Math.max(1, Math.floor(length) - 1))}…`;
