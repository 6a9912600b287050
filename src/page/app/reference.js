import { getJson } from './api.js';
import { html } from './dom.js';
import { usePolled } from './live.js';
import { Problem } from './parts.js';

const HOUR_MS = 3_600_000;

/** The API, as the service describes it. */
export function Reference() {
  const { value, error } = usePolled(() => getJson('/api/openapi.json'), HOUR_MS, []);
  const operations = Object.entries(value?.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  return html`
    <div class="heading"><h1>The API</h1><p class="count">${operations.length === 0 ? 'asking …' : `${operations.length} operations`}</p>
      <p class="count">as <a href="/api/openapi.json">OpenAPI</a> · <a href="/api/metrics">metrics</a></p></div>
    <${Problem} error=${error} what="The description" />
    <p class="lead">Whose characters are meant is told by the four tenant headers. In the demo they may be left out, so that every address works in the address bar.</p>
    ${operations.map((operation) => html`<${Operation} key=${operation.method + operation.path} operation=${operation} document=${value} />`)}
  `;
}

function Operation({ operation: { path, method, summary, parameters = [], responses = {}, security }, document }) {
  const isOpenable = method === 'GET' && !path.includes('{');
  return html`<details class="card operation">
    <summary><b class=${`method ${method.toLowerCase()}`}>${method}</b> <code>${path}</code> <span class="why">${summary}</span></summary>
    ${isOpenable && html`<p><a href=${path}>Open it</a></p>`}
    ${security !== undefined && html`<p class="why">Needs the admin token.</p>`}
    ${
      parameters.length > 0 &&
      html`<div class="scroll" tabindex="0" role="region" aria-label=${`Parameters of ${method} ${path}`}><table>
        <thead><tr><th scope="col">Parameter</th><th scope="col">Where</th><th scope="col">What</th></tr></thead>
        <tbody>${parameters.map((parameter) => html`<tr><th scope="row"><code>${parameter.name}</code></th><td>${parameter.in}${parameter.required && ', required'}</td><td>${whatOf(parameter, document)}</td></tr>`)}</tbody>
      </table></div>`
    }
    <ul class="answers">${Object.entries(responses).map(([status, answer]) => html`<li><b>${status}</b> ${resolved(answer, document).description.replaceAll('`', '')}</li>`)}</ul>
  </details>`;
}

/** What a part of the description stands for: another part of it, where it only refers to that. */
export function resolved(part, document) {
  if (part?.$ref === undefined) return part;
  return part.$ref
    .slice('#/'.length)
    .split('/')
    .reduce((within, name) => within[name], document);
}

/** What a parameter may be, in words. */
function whatOf({ description, schema = {} }, document) {
  const { type, minimum, maximum, enum: choices } = resolved(schema, document);
  const range = minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : '';
  return [choices?.join(', ') ?? type, range, description ?? schema.description].filter(Boolean).join('; ');
}
