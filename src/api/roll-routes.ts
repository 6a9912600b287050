import type { Names } from '../upstream/names.ts';
import type { Roll, RollReader, RollRow } from '../watch/roll.ts';
import { okDocument } from './answer.ts';
import type { Handler } from './handling.ts';
import { booleanParameter, integerParameter, readQuery, textParameter } from './query.ts';
import type { TenantRequestReader } from './tenant-request.ts';

export const ROLL_URL = '/api/effective-stats';
export const TENANTS_URL = `${ROLL_URL}/tenants`;
export const ITEMS_URL = `${ROLL_URL}/items`;

const BYTE_MAX = 255;
const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 250;
const SEARCH_MAX = 64;

const PARAMETERS = {
  search: textParameter(SEARCH_MAX),
  'filter[world]': integerParameter(0, BYTE_MAX),
  'filter[channel]': integerParameter(0, BYTE_MAX),
  'filter[degraded]': booleanParameter,
  'page[number]': integerParameter(1, 1_000_000),
  'page[size]': integerParameter(1, PAGE_SIZE_MAX),
};

/** Who is held, by id, in pages. */
export function createRollHandler(reader: RollReader, requestOf: TenantRequestReader): Handler {
  return async (request) => {
    const { values, problems } = readQuery(request, PARAMETERS);
    const page = values['page[number]'] ?? 1;
    const size = values['page[size]'] ?? PAGE_SIZE;
    const { rows, total, nameless } = await reader.read({
      ...requestOf(request, problems),
      search: values.search,
      worldId: values['filter[world]'],
      channelId: values['filter[channel]'],
      degraded: values['filter[degraded]'],
      page,
      size,
    });
    const last = Math.max(1, Math.ceil(total / size));
    const link = (number: number): string => pageLink(request.url, number, size);
    const links = {
      self: link(page),
      first: link(1),
      last: link(last),
      ...(page > 1 ? { prev: link(Math.min(page - 1, last)) } : {}),
      ...(page < last ? { next: link(page + 1) } : {}),
    };
    const meta = { page: { number: page, size, last }, total, nameless };
    return okDocument({ links, data: rows.map(resourceOf), meta });
  };
}

/** Whose characters are held; for choosing among them. */
export function createTenantsHandler(roll: Roll): Handler {
  return () => {
    const data = [...roll.tenants()].map(({ tenant, held }) => {
      const { id, region, majorVersion, minorVersion } = tenant;
      return {
        type: 'effective-stats-tenants',
        id: tenant.key,
        attributes: { tenantId: id, region, majorVersion, minorVersion, held },
      };
    });
    return okDocument({ data });
  };
}

const ITEM_PARAMETERS = { search: textParameter(SEARCH_MAX) };

/** Items by a part of their name, as the data service finds them. */
export function createItemsHandler(names: Pick<Names, 'findItems'>, requestOf: TenantRequestReader): Handler {
  return async (request) => {
    const { values, problems } = readQuery(request, ITEM_PARAMETERS);
    const target = requestOf(request, problems);
    const found = values.search === undefined ? [] : await names.findItems(target, values.search);
    const data = found.map(({ templateId, name }) => ({ type: 'items', id: String(templateId), attributes: { name } }));
    return okDocument({ data });
  };
}

function resourceOf({ characterId, name, worldId, channelId, resident, level, job, ...row }: RollRow) {
  return {
    type: 'effective-stats-characters',
    id: String(characterId),
    attributes: {
      name,
      worldId,
      channelId,
      resident,
      level,
      jobId: job,
      maxHP: row.maxHp,
      maxMP: row.maxMp,
      degraded: row.degraded ?? ['base'],
    },
  };
}

/** The request's own path and query, at another page. */
function pageLink(url: string, number: number, size: number): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const linked = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1));
  linked.set('page[number]', String(number));
  linked.set('page[size]', String(size));
  return `${path}?${linked}`;
}
