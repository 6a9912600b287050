/** The service's own API, as everyone else has it. */

/** An answer that is an error; `detail` is for people. */
export class ApiError extends Error {
  constructor(status, errors) {
    super(errors[0]?.detail ?? `status ${status}`);
    this.status = status;
    this.errors = errors;
  }
}

/** A tenant from its key `id/region/major/minor`; undefined: not one. */
export function tenantOfKey(key) {
  const [id, region, majorVersion, minorVersion, ...rest] = (key ?? '').split('/');
  return minorVersion === undefined || rest.length > 0 ? undefined : { key, id, region, majorVersion, minorVersion };
}

function headersOf(tenant) {
  if (tenant === undefined) return {};
  const { id, region, majorVersion, minorVersion } = tenant;
  return { TENANT_ID: id, REGION: region, MAJOR_VERSION: majorVersion, MINOR_VERSION: minorVersion };
}

async function ask(path, tenant, options = {}) {
  const response = await fetch(path, { ...options, headers: { ...headersOf(tenant), ...options.headers } });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new ApiError(response.status, body.errors ?? []);
}

export async function getJson(path, tenant, options) {
  return (await ask(path, tenant, options)).json();
}

export async function getText(path) {
  return (await ask(path, undefined)).text();
}

export async function postJson(path, tenant, body, options = {}) {
  return getJson(path, tenant, { method: 'POST', body: JSON.stringify(body), ...options });
}

export function characterPath({ worldId, channelId, characterId }) {
  return `/api/worlds/${worldId}/channels/${channelId}/characters/${characterId}`;
}

const RECONNECT_MS = 1_000;

/**
 * Follows the stream of changes until the returned function is called; goes on after the last one when it is cut off.
 * EventSource can send no headers, so this is its protocol over fetch. `onEvent` gets the event's name and its data.
 */
export function followChanges(tenant, filter, onEvent) {
  const stop = new AbortController();
  let lastId = '';
  const follow = async () => {
    const headers = lastId === '' ? {} : { 'Last-Event-ID': lastId };
    const query = new URLSearchParams(filter);
    const response = await ask(`/api/effective-stats/changes?${query}`, tenant, { headers, signal: stop.signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) handle(block);
    }
  };
  const handle = (block) => {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
    if (fields.id !== undefined) lastId = fields.id;
    if (fields.event !== undefined) onEvent(fields.event, JSON.parse(fields.data));
  };
  const keepFollowing = async () => {
    while (!stop.signal.aborted) {
      await follow().catch(() => undefined);
      if (!stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  };
  keepFollowing();
  return () => stop.abort();
}
