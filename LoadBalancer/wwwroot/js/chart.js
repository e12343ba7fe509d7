import { s } from './dom.js';

/**
 * Draws values (oldest first) into an SVG: the first series as an area with a line, further ones as faint lines. Fewer values than the chart has
 * room for are spread once they fill a fifth of it, and begin at the right before that.
 */
export function draw(svg, series, most) {
  const room = Math.max(series[0].length, Math.ceil(most / 5));
  const highest = Math.max(...series.flat(), Number.MIN_VALUE);
  if (svg.childElementCount === 0) {
    setUp(svg, series.length);
  }
  series.forEach((values, index) => {
    const points = path(values, room, highest * 1.08);
    svg.querySelector(`.line[data-n="${index}"]`).setAttribute('d', points.line);
    if (index === 0) svg.querySelector('.area').setAttribute('d', points.area);
  });
}

function setUp(svg, lines) {
  svg.setAttribute('viewBox', '0 0 100 100');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.append(s('path', { class: 'area' }));
  for (let index = lines - 1; index >= 0; index--) {
    svg.append(s('path', { class: index === 0 ? 'line' : 'line faint', 'data-n': index }));
  }
}

function path(values, room, top) {
  if (values.length < 2) return { line: '', area: '' };
  const step = 100 / (room - 1);
  const first = 100 - (values.length - 1) * step;
  const points = values.map((value, index) => `${(first + index * step).toFixed(2)} ${(99 - value / top * 97).toFixed(1)}`);
  return { line: `M${points.join('L')}`, area: `M${first.toFixed(2)} 100L${points.join('L')}L100 100Z` };
}
