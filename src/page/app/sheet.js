import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { characterPath, followChanges, getJson } from './api.js';
import { Bars } from './bars.js';
import { html } from './dom.js';
import { useNow, usePolled } from './live.js';
import { Degraded, Problem } from './parts.js';
import { sheetAt, valuesOf, visibleChanges } from './past.js';
import { linkTo } from './router.js';
import { Timeline } from './timeline.js';
import { ago, jobName } from './words.js';
import { Buffs, Worn } from './worn.js';

const SHEET_MS = 5_000;
const PERSON_MS = 15_000;
/** A change comes as an event and again as a read: one question for both. */
const SOON_MS = 120;
const REMEMBERED_MAX = 200;

/** One character: why its numbers are what they are, now or at a moment that is past. */
export function Sheet({ tenant, who, query }) {
  const path = characterPath(who);
  /** The change after which the sheet is shown; `start`: before all of them; undefined: now. */
  const [moment, setMoment] = useState(undefined);
  const remembered = useRef([]);
  const explained = usePolled(() => getJson(`${path}/stats/explain`, tenant), SHEET_MS, [path, tenant.key]);
  const history = usePolled(() => getJson(`${path}/changes`, tenant), SHEET_MS, [path, tenant.key]);
  const row = usePerson(tenant, who);
  useEffect(() => {
    let timer;
    const end = followChanges(tenant, { character: who.characterId }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        explained.again();
        history.again();
      }, SOON_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [path, tenant.key]);
  const document = explained.value;
  useEffect(() => {
    if (document === undefined) return;
    remembered.current = [...remembered.current, document].slice(-REMEMBERED_MAX);
  }, [document]);
  const changes = useMemo(() => visibleChanges(history.value?.data.attributes.changes ?? []), [history.value]);
  const at = moment === undefined ? undefined : changes.findIndex(({ id }) => id === moment);
  const setAt = (position) => setMoment(position === undefined ? undefined : (changes[position]?.id ?? 'start'));
  const shown = useMemo(() => sheetAt(at, changes, document, remembered.current), [at, changes, document]);
  if (document === undefined)
    return html`<p class="empty">…</p><${Problem} error=${explained.error} what="The character" />`;
  const now = document.data.attributes;
  return html`
    <${Head} who=${who} attributes=${now} row=${row} degraded=${document.meta?.degraded} view="sheet" />
    <${Problem} error=${explained.error} what="What is new" />
    <${Timeline} changes=${changes} since=${history.value?.data.attributes.since} at=${at} onAt=${setAt} isWhole=${shown.isWhole} />
    <div class="columns">
      <section class="card" aria-labelledby="stats-heading">
        <h2 id="stats-heading">${at === undefined ? 'Stats' : 'Stats as they were'}</h2>
        <${Bars} stats=${shown.stats} live=${at === undefined ? undefined : valuesOf(now.stats)} opened=${query.get('stat')} />
      </section>
      <div class="stack">
        <${Worn} attributes=${shown.attributes ?? now} isPast=${shown.attributes === undefined} />
        <${Buffs} attributes=${shown.attributes ?? now} isPast=${shown.attributes === undefined} />
        <${Freshness} parts=${now.parts} />
      </div>
    </div>
  `;
}

/** What the list of who is held says of a character; undefined: nothing. */
export function usePerson(tenant, { characterId }) {
  const path = `/api/effective-stats?search=${characterId}&page[size]=250`;
  const { value } = usePolled(() => getJson(path, tenant), PERSON_MS, [path, tenant.key]);
  return value?.data.find(({ id }) => id === String(characterId))?.attributes;
}

/** Who it is, and the views of them. */
export function Head({ who, attributes, row, degraded, view }) {
  const { name, resident, place, ruleset } = attributes;
  const title = name ?? `Character ${who.characterId}`;
  const base = ['characters', who.worldId, who.channelId, who.characterId];
  return html`<div class="heading person">
    <div>
      <p class="crumbs"><a href=${linkTo(['online'])}>← Everyone</a></p>
      <h1>${title} <span class="id">${who.characterId}</span></h1>
      <p class="facts">
        ${row?.level !== undefined && html`<b>Level ${row.level} ${jobName(row.jobId)}</b> · `}
        ${resident ? 'resident' : 'visitor'}${place && `, world ${place.worldId}, channel ${place.channelId}`} · ruleset ${ruleset}
        ${' '}<${Degraded} names=${degraded} />
      </p>
    </div>
    <nav class="tabs" aria-label="Views of ${title}">
      <a href=${linkTo(base)} aria-current=${view === 'sheet' ? 'page' : undefined}>Sheet</a>
      <a href=${linkTo([...base, 'what-if'])} aria-current=${view === 'what-if' ? 'page' : undefined}>What if</a>
    </nav>
  </div>`;
}

const STATES = {
  fresh: 'fresh',
  settling: 'fresh, to be confirmed',
  stale: 'may have changed',
  unwatched: 'events cannot be followed',
  unloaded: 'never read',
};

/** How far each part can be trusted: read, or heard since. */
function Freshness({ parts }) {
  const now = useNow(1_000);
  return html`<section class="card" aria-labelledby="freshness"><h2 id="freshness">Freshness</h2>
    <dl class="freshness">${parts.map(
      (part) => html`<div>
      <dt>${part.part}</dt>
      <dd><span class=${`dot ${part.state}`} aria-hidden="true"></span>${STATES[part.state] ?? part.state}
        <span class="why">${part.asOf && `read ${ago(now - Date.parse(part.asOf))}`}${part.staleReason && ` · heard: ${part.staleReason}`}${part.waitsFor && ` · waits for ${part.waitsFor}`}${part.failures > 0 && ` · ${part.failures} failed reads`}</span></dd>
    </div>`,
    )}</dl>
  </section>`;
}
