import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson, getText } from './api.js';
import { DeadLetters } from './dead-letters.js';
import { html } from './dom.js';
import { usePolled } from './live.js';
import { Problem, Sparkline } from './parts.js';
import { quantile, readMetrics, sum } from './prometheus.js';
import { linkTo } from './router.js';
import { clockTime, grouped } from './words.js';

const LOOK_MS = 2_000;
/** Readings that are kept: two minutes of them. */
const READINGS_MAX = 60;
const SERVICES = ['characters', 'inventory', 'buffs', 'skills', 'data'];
const P = 'effective_stats_';

/** The service itself: what it follows, whom it asks, and what it could not read. */
export function Service({ tenant }) {
  const health = usePolled(
    () => getJson('/api/readyz').catch((error) => ({ status: error.message, degraded: [] })),
    LOOK_MS,
    [],
  );
  const consumers = usePolled(() => getJson('/api/debug/consumers'), LOOK_MS, []);
  const drift = usePolled(() => getJson('/api/debug/drift'), LOOK_MS * 5, []);
  const degraded = usePolled(
    async () =>
      tenant === undefined
        ? undefined
        : (await getJson('/api/effective-stats?filter[degraded]=true&page[size]=1', tenant)).meta.total,
    // Everyone has to be looked at for that.
    LOOK_MS * 5,
    [tenant?.key],
  );
  const { readings, error } = useReadings();
  const now = readings.at(-1);
  return html`
    <div class="heading"><h1>The service</h1>
      <p class="count">replica <b>${consumers.value?.replica ?? '…'}</b>${consumers.value?.shard && `, shard ${consumers.value.shard}`}</p>
      <${Health} report=${health.value} />
    </div>
    <${Problem} error=${error ?? consumers.error} what="The service's own numbers" />
    <div class="tiles">
      <${Tile} name="Events a second" values=${rates(readings, (one) => sum(one.samples, `${P}events_total`))} />
      <${Tile} name="Requests a second" values=${rates(readings, (one) => sum(one.samples, `${P}http_requests_total`))} />
      <${Tile} name="Residents" values=${readings.map((one) => sum(one.samples, `${P}residents`))} />
      <${Tile} name="Visitors" values=${readings.map((one) => sum(one.samples, `${P}visitors`))} />
      <${Tile} name="Degraded characters" values=${degraded.value === undefined ? [] : [degraded.value]} link=${linkTo(['online'], { degraded: 'true' })} />
      <${Tile} name="Memory, MB" values=${readings.map((one) => sum(one.samples, 'process_resident_memory_bytes') / 1e6)} />
    </div>
    <div class="columns even">
      <div class="stack">
        <${Upstreams} readings=${readings} now=${now} />
        <${Partitions} consumers=${consumers.value} />
        <${Drift} drift=${drift.value?.drift} />
      </div>
      <${EventTypes} readings=${readings} />
    </div>
    <${DeadLetters} />
  `;
}

/** The metrics, read again and again; each with its time. */
function useReadings() {
  const polled = usePolled(
    async () => ({ at: performance.now(), samples: readMetrics(await getText('/api/metrics')) }),
    LOOK_MS,
    [],
  );
  const kept = useRef([]);
  const [readings, setReadings] = useState([]);
  useEffect(() => {
    if (polled.value === undefined) return;
    kept.current = [...kept.current, polled.value].slice(-READINGS_MAX);
    setReadings(kept.current);
  }, [polled.value]);
  return { readings, error: polled.error };
}

/** Per second, between each reading and the one before. */
function rates(readings, total) {
  return readings.slice(1).map((one, index) => {
    const before = readings[index];
    return Math.max(0, ((total(one) - total(before)) * 1_000) / (one.at - before.at));
  });
}

function Health({ report }) {
  if (report === undefined) return null;
  if (report.status !== 'ready') return html`<span class="tag bad" role="status">${report.status}</span>`;
  if (report.degraded.length === 0) return html`<span class="tag ok" role="status">ready</span>`;
  return html`<span class="tag warn" role="status">ready, but ${report.degraded.map(({ what, reason }) => `${what}: ${reason}`).join('; ')}</span>`;
}

function Tile({ name, values, link }) {
  const value = values.at(-1);
  const text = value === undefined ? '…' : value < 10 && value % 1 !== 0 ? value.toFixed(1) : grouped(value);
  return html`<div class="tile"><span class="label">${name}</span>
    <span class="figure">${link ? html`<a href=${link}>${text}</a>` : text}</span><${Sparkline} values=${values} /></div>`;
}

function Partitions({ consumers }) {
  const partitions = consumers?.partitions ?? [];
  return html`<section class="card" aria-labelledby="partitions">
    <div class="heading"><h2 id="partitions">Partitions</h2>
      ${consumers && html`<span class=${`tag ${consumers.current ? 'ok' : 'warn'}`}>${consumers.current ? 'current' : consumers.reason}</span>`}</div>
    ${
      partitions.length === 0
        ? html`<p class="empty">Nothing is followed yet.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Partitions, as a table"><table>
      <thead><tr><th scope="col">Partition</th><th scope="col" class="number">Position</th><th scope="col" class="number">End</th><th scope="col" class="number">Lag</th></tr></thead>
      <tbody>${partitions.map(
        ({ topic, partition, position, end, lag }) => html`<tr key=${`${topic}/${partition}`}>
        <th scope="row">${topic}/${partition}</th><td class="number">${grouped(position)}</td><td class="number">${grouped(end)}</td>
        <td class="number"><span class=${lag > 0 ? 'move down' : ''}>${grouped(lag)}</span></td></tr>`,
      )}</tbody>
    </table></div>`
    }
  </section>`;
}

function EventTypes({ readings }) {
  const types = eventTypes(readings.at(-1)?.samples.get(`${P}events_total`) ?? []);
  return html`<section class="card" aria-labelledby="types"><h2 id="types">Events by type</h2>
    ${
      types.length === 0
        ? html`<p class="empty">None has come yet.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Events by type, as a table"><table>
      <thead><tr><th scope="col">Type</th><th scope="col" class="number">Per second</th><th scope="col"><span class="unseen">Over time</span></th><th scope="col" class="number">All</th></tr></thead>
      <tbody>${types.map(({ type, left, total }) => {
        const wanted = left === '' ? { type, reason: '' } : { type, outcome: left };
        const values = rates(readings, (one) => sum(one.samples, `${P}events_total`, wanted));
        return html`<tr key=${type + left}><th scope="row">${type.replaceAll('-', ' ')}${left !== '' && html` <span class=${`tag${left === 'dead' ? ' bad' : ''}`}>${left}</span>`}</th>
          <td class="number">${(values.at(-1) ?? 0).toFixed(1)}</td><td><${Sparkline} values=${values} /></td><td class="number">${grouped(total)}</td></tr>`;
      })}</tbody>
    </table></div>`
    }
  </section>`;
}

/** How many came of each type, most first; `left` says of those that were not applied what they were instead. */
function eventTypes(samples) {
  const types = new Map();
  for (const { labels, value } of samples) {
    const left = labels.outcome === 'skipped' || labels.outcome === 'dead' ? labels.outcome : '';
    const key = `${labels.type} ${left}`;
    const known = types.get(key) ?? { type: labels.type, left, total: 0 };
    types.set(key, { ...known, total: known.total + value });
  }
  return [...types.values()].sort((a, b) => b.total - a.total);
}

function Upstreams({ readings, now }) {
  const first = readings[0];
  return html`<section class="card" aria-labelledby="upstreams"><h2 id="upstreams">Upstream services</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Upstream services, as a table"><table>
      <thead><tr><th scope="col">Service</th><th scope="col">Gate</th><th scope="col" class="number">Requests a second</th><th scope="col" class="number">Median</th><th scope="col" class="number">95 %</th><th scope="col" class="number">Failed</th></tr></thead>
      <tbody>${
        now !== undefined &&
        SERVICES.map((service) => {
          const name = `${P}upstream_request_seconds`;
          const isOpen = sum(now.samples, `${P}gate_open`, { service }) > 0;
          const count = (one) => sum(one.samples, `${name}_count`, { service });
          const failed =
            count(now) -
            sum(now.samples, `${name}_count`, { service, outcome: 'ok' }) -
            sum(now.samples, `${name}_count`, { service, outcome: 'missing' });
          const spread = (share) => milliseconds(quantile(first.samples, now.samples, name, { service }, share));
          return html`<tr key=${service}><th scope="row">${service}</th>
          <td><span class=${`tag ${isOpen ? 'bad' : 'ok'}`}>${isOpen ? 'held back' : 'flowing'}</span></td>
          <td class="number">${(rates(readings, count).at(-1) ?? 0).toFixed(1)}</td>
          <td class="number">${spread(0.5)}</td><td class="number">${spread(0.95)}</td><td class="number">${grouped(failed)}</td></tr>`;
        })
      }</tbody>
    </table></div>
    <p class="why">Times are upper bounds of what took place while this page is open.</p>
  </section>`;
}

function milliseconds(seconds) {
  if (seconds === undefined) return '–';
  return seconds === Number.POSITIVE_INFINITY ? '> 10 s' : `≤ ${grouped(Math.max(1, seconds * 1_000))} ms`;
}

function Drift({ drift }) {
  return html`<section class="card" aria-labelledby="drift"><h2 id="drift">Drift</h2>
    ${
      drift === undefined || drift.length === 0
        ? html`<p class="empty">No audit has found a difference.</p>`
        : html`<ul class="items">${drift.slice(0, 20).map(
            ({ characterId, part, time, tenant }) => html`<li>
      <span class="slot">${clockTime(time)}</span><div>${part} of <a href=${linkTo(['characters', 0, 0, characterId], { tenant })}>${characterId}</a> was repaired</div></li>`,
          )}</ul>`
    }
  </section>`;
}
