import { useEffect, useRef, useState } from 'preact/hooks';
import { followChanges, getJson } from './api.js';
import { html } from './dom.js';
import { useNow, usePolled, useSettled } from './live.js';
import { Degraded, Problem } from './parts.js';
import { linkTo, setQuery } from './router.js';
import { ago, causeText, grouped, jobName, STAT_NAMES } from './words.js';

/** Names that this page has seen. */
const names = new Map();

const LIST_MS = 3_000;
const TICKER_MAX = 14;
const SEARCH_SETTLES_MS = 200;

/** Who is online: a live list with search and filters, and what changes. */
export function Online({ tenant, query }) {
  const [search, setSearch] = useState(query.get('search') ?? '');
  const settled = useSettled(search, SEARCH_SETTLES_MS);
  useEffect(() => {
    if (settled !== (query.get('search') ?? '')) setQuery({ search: settled, page: '' });
  }, [settled]);
  const path = listPath(query);
  const { value, error } = usePolled(() => getJson(path, tenant), LIST_MS, [path, tenant.key]);
  const total = value?.meta.total;
  return html`
    <div class="heading">
      <h1>Who is online</h1>
      <p class="count" role="status">${total === undefined ? 'asking …' : `${grouped(total)} ${total === 1 ? 'character' : 'characters'}`}</p>
    </div>
    <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
      <label class="grow">Search
        <input type="search" placeholder="a part of a name, or the beginning of an id" value=${search}
          onInput=${(event) => setSearch(event.target.value)} />
      </label>
      <${Filter} label="World" name="world" query=${query} />
      <${Filter} label="Channel" name="channel" query=${query} />
      <label>State
        <select value=${query.get('degraded') ?? ''} onChange=${(event) => setQuery({ degraded: event.target.value, page: '' })}>
          <option value="">any</option><option value="true">degraded</option><option value="false">fresh</option>
        </select>
      </label>
    </form>
    <${Problem} error=${error} what="The list" />
    <div class="columns">
      <section class="card" aria-label="Characters">
        <${People} rows=${value?.data} />
        <${Pages} meta=${value?.meta} />
      </section>
      <${Ticker} tenant=${tenant} />
    </div>
  `;
}

function listPath(query) {
  const params = new URLSearchParams();
  for (const [name, parameter] of [
    ['search', 'search'],
    ['world', 'filter[world]'],
    ['channel', 'filter[channel]'],
    ['degraded', 'filter[degraded]'],
    ['page', 'page[number]'],
  ]) {
    const value = query.get(name)?.trim();
    if (value) params.set(parameter, value);
  }
  return `/api/effective-stats?${params}`;
}

function Filter({ label, name, query }) {
  return html`<label>${label}
    <input type="number" min="0" max="255" class="short" placeholder="any" value=${query.get(name) ?? ''}
      onChange=${(event) => setQuery({ [name]: event.target.value, page: '' })} />
  </label>`;
}

function People({ rows }) {
  const before = useRef(new Map());
  useEffect(() => {
    for (const { id, attributes } of rows ?? []) {
      before.current.set(id, attributes);
      if (attributes.name !== undefined) names.set(Number(id), attributes.name);
    }
  }, [rows]);
  if (rows === undefined) return html`<p class="empty">…</p>`;
  if (rows.length === 0) return html`<p class="empty">Nobody fits.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Characters, as a table"><table class="people">
    <thead><tr>
      <th scope="col">Name</th><th scope="col" class="number">Id</th><th scope="col">Where</th><th scope="col">Level</th>
      <th scope="col" class="number">MaxHP</th><th scope="col" class="number">MaxMP</th><th scope="col">State</th>
    </tr></thead>
    <tbody>${rows.map(({ id, attributes }) => html`<${Person} key=${id} id=${id} now=${attributes} before=${before.current.get(id)} />`)}</tbody>
  </table></div>`;
}

function Person({ id, now, before }) {
  const { name, worldId = 0, channelId = 0, resident, level, jobId, maxHP, maxMP, degraded } = now;
  return html`<tr>
    <th scope="row"><a href=${linkTo(['characters', worldId, channelId, id])}>${name ?? `Character ${id}`}</a></th>
    <td class="number id">${id}</td>
    <td>${now.worldId === undefined ? '–' : `world ${worldId}, ch. ${channelId}`}${!resident && html` <span class="tag">visitor</span>`}</td>
    <td>${level === undefined ? '–' : html`<b class="level">${level}</b> ${jobName(jobId)}`}</td>
    <${Moving} value=${maxHP} before=${before?.maxHP} />
    <${Moving} value=${maxMP} before=${before?.maxMP} />
    <td><${Degraded} names=${degraded} /></td>
  </tr>`;
}

/** A number that shows for a moment that it has moved. */
function Moving({ value, before }) {
  const moved = before !== undefined && value !== before;
  const direction = moved ? (value > before ? ' up' : ' down') : '';
  return html`<td class="number" key=${`${value}`}><span class=${`moving${direction}`}>${grouped(value)}</span></td>`;
}

function Pages({ meta }) {
  if (meta === undefined || meta.page.last === 1) return null;
  const { number, last } = meta.page;
  const link = (page, text) =>
    page >= 1 && page <= last ? html`<a href=${pageLink(page)}>${text}</a>` : html`<span class="off">${text}</span>`;
  return html`<nav class="pages" aria-label="Pages">${link(number - 1, '← Previous')}<span>page ${number} of ${last}</span>${link(number + 1, 'Next →')}</nav>`;
}

function pageLink(page) {
  const [, query = ''] = location.hash.split(/\?(.*)/s, 2);
  return linkTo(['online'], { ...Object.fromEntries(new URLSearchParams(query)), page });
}

/** What changes right now, whoever it is. */
function Ticker({ tenant }) {
  const [changes, setChanges] = useState([]);
  const [isPaused, pause] = useState(false);
  const now = useNow(1_000);
  useEffect(() => {
    if (isPaused) return undefined;
    return followChanges(tenant, {}, (event, data) => {
      if (event === 'change' && data.stats.length > 0) setChanges((before) => [data, ...before].slice(0, TICKER_MAX));
    });
  }, [tenant.key, isPaused]);
  return html`<section class="card ticker" aria-labelledby="ticker">
    <div class="heading"><h2 id="ticker">What changes</h2>
      <button type="button" class="quiet" aria-pressed=${isPaused} onClick=${() => pause(!isPaused)}>${isPaused ? 'Go on' : 'Pause'}</button></div>
    ${changes.length === 0 && html`<p class="empty">Waiting for the first change …</p>`}
    <ol>${changes.map(
      (change) => html`<li key=${change.id}>
      <div class="who"><a href=${linkTo(['characters', change.worldId ?? 0, 0, change.characterId])}>${change.name ?? names.get(change.characterId) ?? change.characterId}</a>
          <span class="why">${causeText(change.cause)} · ${ago(now - Date.parse(change.at))}</span></div>
      <div class="moves">${change.stats.slice(0, 3).map((move) => html`<span class=${move.to > move.from ? 'move up' : 'move down'}>${STAT_NAMES[move.statType]} ${grouped(move.from)} → ${grouped(move.to)}</span>`)}
        ${change.stats.length > 3 && html`<span class="move">and ${change.stats.length - 3} more</span>`}</div>
    </li>`,
    )}</ol>
  </section>`;
}
