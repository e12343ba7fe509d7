// Small DOM helpers.
const SVG = 'http://www.w3.org/2000/svg';

export const byId = id => document.getElementById(id);

/** An element: h('p', { class: 'note', onclick: f }, 'text', child). Attributes that are null or false are omitted. */
export const h = (name, attributes, ...children) => build(document.createElement(name), attributes, children);

/** The same in SVG. */
export const s = (name, attributes, ...children) => build(document.createElementNS(SVG, name), attributes, children);

function build(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** Sets text or an attribute only where it differs, so that an unchanged page costs nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Calls at most once in so many milliseconds after the last call. */
export function debounce(action, milliseconds) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
