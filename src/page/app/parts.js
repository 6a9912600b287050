import { html } from './dom.js';

/** Small things that several views show. */

export function Problem({ error, what }) {
  if (error === undefined) return null;
  return html`<p class="problem" role="alert">${what} cannot be had at the moment: ${error.message}</p>`;
}

export function Degraded({ names }) {
  if (names === undefined || names.length === 0) return html`<span class="tag ok">fresh</span>`;
  return html`<span class="tag warn" title="The best known values; these may lack something">degraded: ${names.join(', ')}</span>`;
}

/** A name with the id beside it, or the id alone. */
export function Named({ name, id }) {
  return name === undefined
    ? html`<span class="id">${id}</span>`
    : html`<span>${name} <span class="id">${id}</span></span>`;
}

/** A line of numbers over time; decoration beside a number that is told in text. */
export function Sparkline({ values, kind = 'line' }) {
  const width = 120;
  const height = 28;
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(height - 2 - (value / most) * (height - 4)).toFixed(1)}`,
  );
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    ${kind === 'line' && points.length > 1 && html`<polygon points="0,${height} ${points.join(' ')} ${width},${height}" />`}
    <polyline points=${points.join(' ')} />
  </svg>`;
}
