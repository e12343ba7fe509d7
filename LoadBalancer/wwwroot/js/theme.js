// Light or dark follows the system until the button overrides it.
import { byId, s } from './dom.js';

const key = 'aspirelb.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const sun = 'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM11 2h2v3.5h-2Zm0 16.5h2V22h-2ZM2 11h3.5v2H2Zm16.5 0H22v2h-3.5ZM4.2 5.6l1.4-1.4 2.5 2.5-1.4 1.4Zm11.7 11.7 1.4-1.4 2.5 2.5-1.4 1.4ZM18.4 4.2l1.4 1.4-2.5 2.5-1.4-1.4ZM6.7 15.9l1.4 1.4-2.5 2.5-1.4-1.4Z';
const moon = 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z';

export function setUpTheme() {
  apply(localStorage.getItem(key));
  byId('theme').addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    localStorage.setItem(key, next);
    apply(next);
  });
  dark.addEventListener('change', () => apply(localStorage.getItem(key)));
}

const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

function apply(theme) {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  const button = byId('theme');
  button.setAttribute('aria-label', isDark() ? 'Light theme' : 'Dark theme');
  button.title = button.getAttribute('aria-label');
  button.replaceChildren(s('svg', { viewBox: '0 0 24 24', fill: 'currentColor', 'aria-hidden': 'true' }, s('path', { d: isDark() ? sun : moon })));
}
