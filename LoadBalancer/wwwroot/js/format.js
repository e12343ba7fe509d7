// Formats numbers and times for display.
const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const count = value => grouped.format(value);

/** 0, <0.1, 0.4, 12.3, 1,234: what is there at all never reads as nothing. */
export const rate = value => value >= 99.95 || value === 0 ? grouped.format(value) : value < 0.05 ? '<0.1' : value.toFixed(1);

export const share = value => value === 0 ? '0 %' : value < 0.001 ? '<0.1 %' : `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;

/** 0.42 ms, 12 ms, 1.3 s; a dash where nothing was measured. */
export function duration(milliseconds) {
  if (!milliseconds) return '–';
  if (milliseconds < 10) return `${milliseconds.toFixed(milliseconds < 1 ? 2 : 1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10000 ? 1 : 0)} s`;
}

export const clock = time => clockFormat.format(time);

/** just now, 12 s ago, 3 min ago, 2 h ago */
export function ago(time, now) {
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  if (seconds < 3) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

/** "a", "a and b", "a, b and 3 others" */
export function list(names, most = 3) {
  if (names.length <= 1) return names.join('');
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} others`;
}

export const plural = (number, word) => `${count(number)} ${word}${number === 1 ? '' : 's'}`;

/** 0:42, 12:05, 1:00:00 */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = value => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
