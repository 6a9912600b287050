import { html } from './dom.js';
import { causePlace, causeText, clockTime, grouped, STAT_NAMES } from './words.js';

/** The last changes, to be scrubbed: the sheet as it was then. `at` is a position in `changes`; undefined: now. */
export function Timeline({ changes, since, at, onAt, isWhole }) {
  const last = changes.length - 1;
  const position = at ?? last;
  const choose = (value) => onAt(value >= last ? undefined : value);
  const change = changes[position];
  const moment = at === undefined ? 'now' : at < 0 ? `before ${clockTime(changes[0]?.at)}` : clockTime(change?.at);
  return html`<section class="card timeline" aria-labelledby="timeline">
    <div class="heading">
      <h2 id="timeline">Timeline</h2>
      <p class="count">${changes.length === 0 ? `watched since ${clockTime(since)}; nothing has changed yet` : `${changes.length} changes since ${clockTime(since)}`}</p>
      ${at !== undefined && html`<button type="button" class="quiet" onClick=${() => onAt(undefined)}>Back to now</button>`}
    </div>
    ${
      changes.length > 0 &&
      html`
      <div class="track">
        <div class="ticks" aria-hidden="true">${changes.map(
          (one, index) => html`<i key=${one.id} style=${{ left: `${(100 * (index + 1)) / changes.length}%` }}
            class=${`${one.stats.some(({ from, to }) => to < from) ? 'down' : 'up'}${index > position ? ' later' : ''}`}></i>`,
        )}</div>
        <input type="range" min="-1" max=${last} step="1" value=${position} aria-label="Moment that the sheet shows"
          aria-valuetext=${`${moment}${change && position >= 0 ? `, after ${causeText(change.after ?? change.cause)}` : ''}`}
          onInput=${(event) => choose(Number(event.target.value))} />
      </div>
      <p class="moment" role="status"><b>${moment}</b>
        ${
          change &&
          position >= 0 &&
          html` after <b>${causeText(change.after ?? change.cause)}</b>${' '}
          <span class="id">${causePlace(change.after ?? change.cause)}</span>
          ${change.after && html`<span class="id">, told by the ${causeText(change.cause)}</span>`}
          ${change.merged > 0 && html`<span class="why">and ${change.merged} before it</span>`}
          <span class="moves">${change.stats.map(({ statType, from, to }) => html`<span class=${to > from ? 'move up' : 'move down'}>${STAT_NAMES[statType]} ${grouped(from)} → ${grouped(to)}</span>`)}</span>`
        }
        ${!isWhole && html`<span class="why">Of that moment only the numbers are known: nobody looked at the sheet then.</span>`}
      </p>`
    }
  </section>`;
}
