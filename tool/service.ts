import { printable, printableJson } from '../src/lib/printable.ts';
import { Failure, type Terminal, UsageError } from './command.ts';
import { DEFAULT_TENANT, tenant } from './values.ts';

/** Of commands that ask a running service. */
export const SERVICE_OPTIONS = {
  url: {
    type: 'string',
    placeholder: 'URL',
    description: 'Where the service is. Port REST_PORT, else 8080, of 127.0.0.1 when left out.',
  },
  tenant: {
    type: 'string',
    placeholder: 'TENANT',
    default: DEFAULT_TENANT,
    description: 'Whose characters: <UUID>/<region>/<major>.<minor>.',
  },
} as const;

/** A running service, asked for one tenant. */
export interface ServiceAccess {
  /** The body of a 200. @throws Failure that says what the service said, or that it does not answer */
  text(path: string, body?: object): Promise<string>;
  json(path: string, body?: object): Promise<Document>;
  /** @throws Failure when it does not answer with 200 */
  open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response>;
  /** Of a character, by id or name: the path below which everything about it lies. @throws Failure */
  character(who: string): Promise<string>;
}

interface Resource {
  readonly id: string;
  readonly attributes?: { readonly name?: string };
}

/** As much of any answer as the tool looks into. */
export interface Document {
  readonly data?: readonly Resource[];
  readonly errors?: readonly { readonly title?: string; readonly detail?: string }[];
}

const DEADLINE_MS = 15_000;
/** As many as a person reads through. */
const NAMESAKES_SHOWN = 10;

export function openService(
  values: { readonly url?: string | undefined; readonly tenant: string },
  { env }: Pick<Terminal, 'env'>,
): ServiceAccess {
  const port = env['REST_PORT'] ?? '';
  const base = (values.url ?? `http://127.0.0.1:${port === '' ? '8080' : port}`).replace(/\/+$/, '');
  if (!URL.canParse(base)) throw new UsageError(`--url: expected a URL such as http://127.0.0.1:8080, got "${base}"`);
  const { id, region, majorVersion, minorVersion } = tenant('--tenant', values.tenant);
  const tenantHeaders = {
    TENANT_ID: id,
    REGION: region,
    MAJOR_VERSION: String(majorVersion),
    MINOR_VERSION: String(minorVersion),
  };

  async function open(path: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${base}${path}`, { ...init, headers: { ...tenantHeaders, ...init.headers } });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Failure(`The service at ${base} does not answer: ${cause instanceof Error ? cause.message : cause}`);
    }
    if (response.status === 200) return response;
    throw new Failure(`The service at ${base} says ${response.status}: ${reasonIn(await response.text())}`);
  }

  async function text(path: string, body?: object): Promise<string> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const asked = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await open(path, { ...asked, signal })).text();
  }

  const json = async (path: string, body?: object): Promise<Document> => JSON.parse(await text(path, body));

  return {
    text,
    json,
    open: (path, headers, signal) => open(path, { headers, signal }),
    async character(who) {
      const path = (characterId: string): string => `/api/worlds/0/channels/0/characters/${characterId}`;
      if (/^\d+$/.test(who)) return path(who);
      const { data = [] } = await json(`/api/effective-stats?search=${encodeURIComponent(who)}`);
      const exact = data.filter(({ attributes }) => attributes?.name?.toLowerCase() === who.toLowerCase());
      const found = exact.length > 0 ? exact : data;
      const [only, ...more] = found;
      if (only === undefined) throw new Failure(`Nobody who is held here is called "${who}"; ask by id.`);
      if (more.length === 0) return path(only.id);
      const named = found
        .slice(0, NAMESAKES_SHOWN)
        .map((one) => printable(`${one.attributes?.name ?? '?'} (${one.id})`));
      throw new Failure(
        `Several are called like "${who}": ${named.join(', ')}${found.length > NAMESAKES_SHOWN ? ', …' : ''}`,
      );
    },
  };
}

/** What an error's document says, or the beginning of what else it is. */
function reasonIn(body: string): string {
  try {
    const { errors = [] } = JSON.parse(body) as Document;
    const told = errors.map(({ detail, title }) => detail ?? title ?? '').filter((line) => line !== '');
    if (told.length > 0) return told.map(printable).join('\n  ');
  } catch {
    // It is no document of ours.
  }
  return printableJson(JSON.stringify(body.slice(0, 200)));
}
