import { html } from './dom.js';
import { useNow } from './live.js';
import { countdown, STAT_NAMES, signed, slotWord } from './words.js';

/** Lines of a kind of source, put together by source: what each gives, and why it does not. */
function sourcesOf({ stats, idle }, kind) {
  const sources = new Map();
  const find = (line) => {
    const known = sources.get(line.source) ?? { ...line, gives: [], reasons: new Set(), counts: false };
    sources.set(line.source, known);
    return known;
  };
  for (const { statType, phases } of stats) {
    for (const line of phases.flatMap(({ lines }) => lines)) {
      if (!line.source.startsWith(`${kind}:`)) continue;
      const source = find(line);
      source.gives.push({ stat: statType, raw: line.raw, form: line.form, applied: line.applied });
      if (line.applied !== 0) source.counts = true;
      if (line.reason !== undefined) source.reasons.add(line.reason.text);
    }
  }
  for (const line of idle ?? []) {
    if (line.source.startsWith(`${kind}:`)) find(line).reasons.add(line.reason.text);
  }
  return [...sources.values()];
}

/** Worn items by slot; those that give nothing are struck through, with the reason. */
export function Worn({ attributes, isPast }) {
  const items = sourcesOf(attributes, 'equipment').sort((a, b) => (b.slot ?? -999) - (a.slot ?? -999));
  return html`<section class="card" aria-labelledby="worn"><h2 id="worn">Worn${isPast && html` <small>now</small>`}</h2>
    ${items.length === 0 && html`<p class="empty">Nothing is worn.</p>`}
    <ul class="items">${items.map(
      (item) => html`<li key=${item.source} class=${item.counts ? '' : 'nothing'}>
      <span class="slot">${slotWord(item.slot)}</span>
      <div>
        <span class="name">${item.counts ? (item.name ?? item.templateId) : html`<s>${item.name ?? item.templateId}</s>`} <span class="id">${item.templateId}</span></span>
        <${Gives} gives=${item.gives} />
        ${!item.counts && html`<span class="why">gives nothing: ${[...item.reasons].join('; ') || 'it carries no stats'}</span>`}
      </div>
    </li>`,
    )}</ul>
  </section>`;
}

/** Buffs with the time that is left. */
export function Buffs({ attributes, isPast }) {
  const now = useNow(1_000);
  const buffs = sourcesOf(attributes, 'buff');
  return html`<section class="card" aria-labelledby="buffs"><h2 id="buffs">Buffs${isPast && html` <small>now</small>`}</h2>
    ${buffs.length === 0 && html`<p class="empty">No buff.</p>`}
    <ul class="items">${buffs.map((buff) => {
      const left = buff.expiresAt === undefined ? undefined : Date.parse(buff.expiresAt) - now;
      return html`<li key=${buff.source} class=${buff.counts ? '' : 'nothing'}>
        <span class="slot time">${left === undefined ? '∞' : left > 0 ? countdown(left) : 'over'}</span>
        <div>
          <span class="name">${buff.counts ? (buff.name ?? buff.source) : html`<s>${buff.name ?? buff.source}</s>`}
            ${buff.level !== undefined && html` <span class="id">level ${buff.level}</span>`}</span>
          <${Gives} gives=${buff.gives} />
          ${buff.reasons.size > 0 && html`<span class="why">${[...buff.reasons].join('; ')}</span>`}
        </div>
      </li>`;
    })}</ul>
  </section>`;
}

function Gives({ gives }) {
  return html`<span class="gives">${gives.map(
    ({ stat, raw, form, applied }) => html`<span class=${applied === 0 ? 'off' : ''}>
    ${STAT_NAMES[stat]} ${form === 'amount' ? signed(raw) : `${signed(raw)} %`}</span>`,
  )}</span>`;
}
