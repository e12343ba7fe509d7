import { h } from './dom.js';

const few = 60;
const margin = 8; // extra rows above and below the visible ones

/**
 * Keeps only the visible rows in a table. All rows have the same height, measured from the first.
 * @param scroller the element that scrolls
 * @param body the table's body
 * @param columns cells that a row spans
 * @param make makes a row from an item
 * @param update brings a row up to date with its item
 */
export function virtualRows(scroller, body, columns, make, update) {
  const above = spacer(columns);
  const below = spacer(columns);
  const rows = new Map();
  let items = [];
  let height = 0;

  scroller.addEventListener('scroll', render, { passive: true });
  addEventListener('resize', () => { height = 0; render(); }, { passive: true });

  function render() {
    const all = items.length <= few;
    scroller.classList.toggle('tall', !all);
    measure();
    const first = all ? 0 : Math.max(0, Math.floor(scroller.scrollTop / height) - margin);
    const last = all ? items.length : Math.min(items.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / height) + margin);
    show(items.slice(first, last), first);
    above.style.height = `${first * height}px`;
    below.style.height = `${(items.length - last) * height}px`;
  }

  function show(wanted, first) {
    const keys = new Set(wanted.map(item => item.key));
    for (const [key, row] of rows) {
      if (keys.has(key)) continue;
      row.remove();
      rows.delete(key);
    }
    let after = above;
    wanted.forEach((item, index) => {
      const row = rows.get(item.key) ?? make(item);
      rows.set(item.key, row);
      row.setAttribute('aria-rowindex', first + index + 2); // the header is row 1
      update(row, item);
      if (after.nextSibling !== row) after.after(row);
      after = row;
    });
  }

  function measure() {
    if (height > 0 || items.length === 0) return;
    if (rows.size === 0) show(items.slice(0, 1), 0);
    height = [...rows.values()][0].getBoundingClientRect().height || 46;
  }

  body.append(above, below);
  return {
    set(next) {
      items = next;
      body.parentElement.setAttribute('aria-rowcount', items.length + 1);
      render();
    },
    /** Scrolls so that the item can be seen, and gives its row. */
    reveal(key) {
      const index = items.findIndex(item => item.key === key);
      if (index < 0) return null;
      if (items.length > few) scroller.scrollTop = Math.max(0, index * height - scroller.clientHeight / 2);
      render();
      return rows.get(key);
    },
  };
}

function spacer(columns) {
  return h('tr', { class: 'spacer', 'aria-hidden': 'true' }, h('td', { colspan: columns }));
}
