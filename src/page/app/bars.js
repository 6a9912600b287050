import { useState } from 'preact/hooks';
import { html } from './dom.js';
import { setQuery } from './router.js';
import { grouped, KIND_NAMES, KINDS, STAT_GROUPS, STAT_NAMES, signed, slotWord } from './words.js';

/**
 * The fourteen stats as bars, stacked by where they come from; each opens how it came to be. `live` are the values of now when
 * the stats are of another time.
 */
export function Bars({ stats, live, opened }) {
  const [open, setOpen] = useState(opened ?? undefined);
  const choose = (stat) => {
    const next = open === stat ? undefined : stat;
    setOpen(next);
    setQuery({ stat: next ?? '' });
  };
  const byName = new Map(stats.map((stat) => [stat.statType, stat]));
  return html`
    <ul class="legend" aria-label="Colours">${KINDS.map((kind) => html`<li><span class=${`swatch ${kind}`} aria-hidden="true"></span>${KIND_NAMES[kind]}</li>`)}</ul>
    ${STAT_GROUPS.map(([title, names]) => {
      const group = names.flatMap((name) => byName.get(name) ?? []);
      const scale = Math.max(1, ...group.map(lengthOf));
      return html`<div class="group" key=${title}>
        <h3>${title}</h3>
        ${group.map(
          (stat) => html`<${Bar} key=${stat.statType} stat=${stat} scale=${scale} live=${live?.[stat.statType]}
          isOpen=${open === stat.statType} onToggle=${() => choose(stat.statType)} />`,
        )}
      </div>`;
    })}
  `;
}

/** What each kind of source adds, in the order of the kinds; what limits and weakening buffs take away is below 0. */
function sharesOf({ phases, value }) {
  const shares = new Map(KINDS.map((kind) => [kind, 0]));
  let lost = 0;
  for (const { lines } of phases) {
    for (const { source, applied } of lines) {
      const kind = source.split(':', 1)[0];
      if (applied < 0) lost -= applied;
      else shares.set(kind, (shares.get(kind) ?? 0) + applied);
    }
  }
  if (phases.length === 0) shares.set('past', value);
  return { shares, lost };
}

function lengthOf(stat) {
  return [...sharesOf(stat).shares.values()].reduce((sum, share) => sum + share, 0);
}

function Bar({ stat, scale, live, isOpen, onToggle }) {
  const { statType, value, uncapped } = stat;
  const { shares, lost } = sharesOf(stat);
  const length = lengthOf(stat);
  const id = `breakdown-${statType}`;
  const told = [...shares]
    .filter(([, share]) => share > 0)
    .map(([kind, share]) => `${KIND_NAMES[kind]} ${grouped(share)}`);
  const percent = (part) => `${((100 * part) / scale).toFixed(2)}%`;
  return html`<div class=${`stat${live !== undefined && live !== value ? ' differs' : ''}`}>
    <button type="button" aria-expanded=${isOpen} aria-controls=${id} onClick=${onToggle}>
      <span class="name">${STAT_NAMES[statType]}</span>
      <span class="value">${grouped(value)}${uncapped > value && html`<small> of ${grouped(uncapped)}</small>`}
        ${live !== undefined && live !== value && html`<small class="then"> now ${grouped(live)}</small>`}</span>
      <span class="bar" aria-hidden="true">
        ${[...shares].map(([kind, share]) => share > 0 && html`<span class=${`part ${kind}`} style=${{ width: percent(share) }}></span>`)}
        ${lost > 0 && html`<span class="lost" style=${{ left: percent(length - lost), width: percent(lost) }}></span>`}
      </span>
      <span class="unseen">${told.join(', ')}${lost > 0 && `, ${grouped(lost)} taken away`}</span>
    </button>
    <div id=${id} hidden=${!isOpen}>${isOpen && html`<${Breakdown} stat=${stat} />`}</div>
  </div>`;
}

/** How a number came to be, in the order of the calculation. */
function Breakdown({ stat: { statType, phases, value } }) {
  if (phases.length === 0) {
    return html`<p class="empty small">${value === 0 ? 'Nothing bears on it.' : 'Of that moment, only the number is known.'}</p>`;
  }
  return html`<div class="scroll" tabindex="0" role="region" aria-label="How ${STAT_NAMES[statType]} came to be"><table class="breakdown">
    <caption class="unseen">How ${STAT_NAMES[statType]} came to be</caption>
    <thead><tr><th scope="col">Source</th><th scope="col" class="number">Carries</th><th scope="col" class="number">Adds</th><th scope="col" class="number">Total</th></tr></thead>
    ${phases.map(
      ({ phase, lines }) => html`<tbody key=${phase}>
      <tr class="phase"><th colspan="4" scope="rowgroup">${phase}</th></tr>
      ${lines.map(
        (line) => html`<tr class=${line.applied === 0 && line.reason ? 'idle' : ''}>
        <td><span class=${`swatch ${line.source.split(':', 1)[0]}`} aria-hidden="true"></span><${Source} line=${line} />
          ${line.reason && html`<span class="why">${line.reason.text}</span>`}</td>
        <td class="number">${grouped(line.raw)}${{ percent: ' %', basePercent: ' % of base' }[line.form] ?? ''}</td>
        <td class="number">${signed(line.applied)}</td>
        <td class="number">${grouped(line.total)}</td>
      </tr>`,
      )}
    </tbody>`,
    )}
  </table></div>`;
}

/** What a line comes from, in words. */
export function Source({ line: { source, name, templateId, slot, level } }) {
  const [kind, id] = source.split(':', 2);
  switch (kind) {
    case 'base':
      return 'the character’s own';
    case 'rule':
      return 'a limit';
    case 'equipment':
      return html`<span class="text">${name ?? `item ${templateId}`} <span class="id">${slotWord(slot)}</span></span>`;
    default:
      return html`<span class="text">${name ?? `${kind} ${id}`} ${level !== undefined && html`<span class="id">level ${level}</span>`}</span>`;
  }
}
