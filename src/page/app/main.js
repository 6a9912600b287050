import { render } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { getJson, tenantOfKey } from './api.js';
import { html } from './dom.js';
import { usePolled } from './live.js';
import { Online } from './online.js';
import { Reference } from './reference.js';
import { linkTo, setQuery, useRoute } from './router.js';
import { Service } from './service.js';
import { Sheet } from './sheet.js';
import { WhatIf } from './what-if.js';

const TENANTS_MS = 10_000;

function App() {
  const route = useRoute();
  const facts = usePolled(() => getJson('/page/service.json'), 3_600_000, []).value;
  const tenants = usePolled(() => getJson('/api/effective-stats/tenants'), TENANTS_MS, []).value?.data ?? [];
  const key = route.query.get('tenant') ?? facts?.unnamedTenant?.key ?? tenants[0]?.id;
  const tenant = useMemo(() => tenantOfKey(key), [key]);
  const [view = 'online'] = route.path;
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="top">
      <a class="brand" href=${linkTo(['online'])}><span aria-hidden="true" class="mark"><i></i><i></i><i></i></span>effective-stats</a>
      <nav aria-label="Views">
        <a href=${linkTo(['online'])} aria-current=${view === 'online' || view === 'characters' ? 'page' : undefined}>Characters</a>
        <a href=${linkTo(['service'])} aria-current=${view === 'service' ? 'page' : undefined}>Service</a>
        <a href=${linkTo(['api'])} aria-current=${view === 'api' ? 'page' : undefined}>API</a>
        <a href="/metrics">Metrics</a>
      </nav>
      <${TenantChoice} tenants=${tenants} chosen=${key} />
      ${facts?.mode === 'demo' && html`<span class="tag demo">demo</span>`}
    </header>
    <${Main} route=${route} tenant=${tenant} />
  `;
}

/** The hash is the route, so a link to an element of the page is followed by hand. */
function skip(event) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function TenantChoice({ tenants, chosen }) {
  const known =
    tenants.some(({ id }) => id === chosen) || chosen === undefined ? tenants : [{ id: chosen }, ...tenants];
  if (known.length === 0) return null;
  return html`<label class="tenant">Tenant
    <select value=${chosen} onChange=${(event) => setQuery({ tenant: event.target.value })}>
      ${known.map(({ id, attributes }) => {
        const [uuid = '', region, major, minor] = id.split('/');
        return html`<option value=${id}>${region} ${major}.${minor} · ${uuid.slice(0, 8)}${attributes && ` (${attributes.held})`}</option>`;
      })}
    </select>
  </label>`;
}

function Main({ route, tenant }) {
  const main = useRef();
  const [view = 'online', worldId, channelId, characterId, below] = route.path;
  const place = `${view}/${characterId ?? ''}/${below ?? ''}`;
  const first = useRef(place);
  useEffect(() => {
    // A change of view is a new page: screen readers begin at its top.
    if (first.current !== place) main.current?.focus();
    first.current = place;
  }, [place]);
  const who = { worldId, channelId, characterId };
  let shown = html`<h1>There is no such view</h1><p class="empty"><a href=${linkTo(['online'])}>Who is online?</a></p>`;
  if (view === 'service') shown = html`<${Service} tenant=${tenant} />`;
  else if (view === 'api') shown = html`<${Reference} />`;
  else if (tenant === undefined)
    shown = html`<h1>Nobody is held yet</h1><p class="empty">As soon as somebody logs in, they show here.</p>`;
  else if (view === 'online') shown = html`<${Online} tenant=${tenant} query=${route.query} />`;
  else if (view === 'characters' && below === 'what-if')
    shown = html`<${WhatIf} tenant=${tenant} who=${who} query=${route.query} />`;
  else if (view === 'characters')
    shown = html`<${Sheet} key=${characterId} tenant=${tenant} who=${who} query=${route.query} />`;
  return html`<main id="main" tabindex="-1" ref=${main}>${shown}</main>`;
}

render(html`<${App} />`, document.getElementById('app'));
