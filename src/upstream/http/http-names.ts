import type { Tracing } from '../../telemetry/tracing.ts';
import { list, text } from '../../wire/go-json.ts';
import { createNames, type NameKind, type NameSource, type Names, type NameTarget } from '../names.ts';
import type { GateView, Service } from '../port.ts';
import { gateOpen } from '../upstream-errors.ts';
import { numericId, onlyResource, type ResourceType, resourceOf, rootOf } from './documents.ts';
import { createRequestHeaders } from './request-headers.ts';
import { createServiceClient, type ServiceClient, type ServiceClientOptions } from './service-client.ts';
import { tracedClient } from './traced-client.ts';

export interface HttpNamesOptions
  extends Pick<ServiceClientOptions, 'clock' | 'random' | 'onDate' | 'observe' | 'onEnvironmentRefused'> {
  /** Each ends in `/api/`; a missing last slash is added. */
  readonly baseUrls: Readonly<Record<Service, string>>;
  /** Ms for each request. */
  readonly timeout: number;
  /** ENVIRONMENT header of requests whose cause names none. */
  readonly environment: string | undefined;
  /** undefined: no span is made of what is read. */
  readonly tracing?: Tracing | undefined;
  /** Nothing is asked behind a gate that is open, and no gate is told how it went: names must not cost anyone a stat. */
  readonly gates: Readonly<Record<Service, Pick<GateView, 'state'>>>;
}

export interface HttpNames extends Names {
  close(): Promise<void>;
}

/** Requests in flight at most, and connections to each service: whoever looks at names must not keep loads waiting. */
const CONCURRENCY = 8;
/** Names kept at most, about 0.2 KB each. */
const ENTRIES_MAX = 50_000;
/** Characters of a name that are kept. Real names are far shorter. */
const NAME_MAX = 64;
/** The data service's cap of a search. */
const SEARCH_PAGE = 50;

const PLACES = {
  item: ['data', 'data/item-strings/', 'item-strings'],
  skill: ['data', 'data/skills/', 'skills'],
  character: ['characters', 'characters/', 'characters'],
} as const satisfies Record<NameKind, readonly [Service, string, ResourceType]>;

/** Names as the services that own them tell them, over connections of their own. */
export function createHttpNames(options: HttpNamesOptions): HttpNames {
  const headers = createRequestHeaders(options.random, options.environment, options.tracing !== undefined);
  const clientOf = (service: Service): ServiceClient =>
    tracedClient(
      createServiceClient({
        ...options,
        service,
        baseUrl: options.baseUrls[service],
        connections: CONCURRENCY,
        mayRepeat: () => false,
      }),
      options.tracing,
      service,
    );
  const clients = { data: clientOf('data'), characters: clientOf('characters') };

  async function get<T>(
    service: keyof typeof clients,
    { tenant, context }: NameTarget,
    path: string,
    read: (document: unknown) => T,
  ): Promise<T | 'missing'> {
    if (options.gates[service].state === 'open') throw gateOpen(service);
    const request = { path, headers: headers(tenant, context), deadline: options.timeout, attempts: 1 };
    return clients[service].get(request, read);
  }

  const source: NameSource = {
    async name(kind, target, id) {
      const [service, path, type] = PLACES[kind];
      const read = (document: unknown) => ({
        name: nameIn(onlyResource(document, type, id).attributes, 'data.attributes'),
      });
      const found = await get(service, target, `${path}${id}`, read);
      return found === 'missing' ? undefined : found.name;
    },
    async findItems(target, wanted) {
      const query = `search=${encodeURIComponent(wanted)}&page[size]=${SEARCH_PAGE}`;
      const found = await get('data', target, `data/item-strings?${query}`, (document) =>
        list(rootOf(document), 'data').flatMap((value, index) => {
          const { id, attributes } = resourceOf(value, 'item-strings', `data[${index}]`);
          const name = nameIn(attributes, `data[${index}].attributes`);
          return name === undefined ? [] : [{ templateId: numericId(id, `data[${index}].id`), name }];
        }),
      );
      return found === 'missing' ? [] : found;
    },
  };
  return {
    ...createNames({ source, clock: options.clock, concurrency: CONCURRENCY, maxEntries: ENTRIES_MAX }),
    async close() {
      await Promise.all([clients.data.close(), clients.characters.close()]);
    },
  };
}

/** undefined: it has none. */
function nameIn(attributes: Parameters<typeof text>[0], path: string): string | undefined {
  const name = text(attributes, 'name', `${path}.name`).trim();
  return name === '' ? undefined : [...name].slice(0, NAME_MAX).join('');
}
