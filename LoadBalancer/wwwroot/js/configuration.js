// The configuration in force. Read when it is opened; a balancer that does not tell has no such part.
import { byId, setText } from './dom.js';
import { get } from './api.js';

export function setUpConfiguration() {
  const section = byId('configuration');
  const details = section.querySelector('details');
  details.addEventListener('toggle', () => details.open && show(section));
}

async function show(section) {
  try {
    const told = await get('/api/config');
    section.hidden = told === null;
    setText(byId('configuration-text'), JSON.stringify(told, null, 2));
  } catch (error) {
    setText(byId('configuration-text'), error.message);
  }
}
