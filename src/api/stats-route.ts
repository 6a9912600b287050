import type { FastifyRequest } from 'fastify';
import type { CharacterId } from '../domain/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import type { StatsRead, StatsReader } from '../refresh/stats-reader.ts';
import { type Answer, type Handler, ok } from './answer.ts';
import { type FieldProblem, invalidFields, pathProblem } from './field-problem.ts';
import { contextOf, createTenantHeadersReader, isTenant } from './tenant-headers.ts';

export const STATS_URL = '/api/worlds/:worldId/channels/:channelId/characters/:characterId/stats';

const BYTE_MAX = 255;
const UINT32_MAX = 4_294_967_295;

/**
 * Effective stats of one character (contract §3), checked by hand: this is the hottest route of the whole installation. World
 * and channel are checked as numbers and not compared with where the character plays.
 */
export function createStatsHandler(reader: StatsReader): Handler {
  const tenantOf = createTenantHeadersReader();
  return (request) => {
    const { headers } = request.raw;
    const tenant = tenantOf(headers);
    const characterId = characterIdOf(request);
    if (characterId === undefined || !isTenant(tenant)) {
      throw invalidFields([...pathProblems(request), ...(isTenant(tenant) ? [] : tenant)]);
    }
    const read = reader.read(tenant, characterId, contextOf(headers));
    return read instanceof Promise ? read.then(answerOf) : answerOf(read);
  };
}

function answerOf(read: StatsRead): Answer {
  switch (read.kind) {
    case 'answer':
      return ok(read.body);
    case 'unknown':
      throw new AppError('CHARACTER_UNKNOWN', 'The character service does not know this character.');
    case 'unavailable':
      throw new AppError('BASE_UNAVAILABLE', 'base stats were never loaded', { retryable: true });
    default:
      return unexpected(read);
  }
}

function unexpected(read: never): never {
  throw new TypeError(`unexpected read ${JSON.stringify(read)}`);
}

/** undefined: one of the ids in the path is not acceptable. */
function characterIdOf(request: FastifyRequest): CharacterId | undefined {
  const { params } = request;
  if (!hasIds(params)) return undefined;
  const { worldId, channelId, characterId } = params;
  const valid = isId(worldId, BYTE_MAX) && isId(channelId, BYTE_MAX) && isId(characterId, UINT32_MAX);
  return valid ? Number(characterId) : undefined;
}

function pathProblems({ params }: FastifyRequest): FieldProblem[] {
  if (!hasIds(params)) return [];
  return PATH_FIELDS.filter(([name, max]) => !isId(params[name], max)).map(([name, max]) =>
    pathProblem(name, `an integer from 0 to ${max}`, params[name]),
  );
}

const PATH_FIELDS = [
  ['worldId', BYTE_MAX],
  ['channelId', BYTE_MAX],
  ['characterId', UINT32_MAX],
] as const;

type PathIds = Readonly<Record<(typeof PATH_FIELDS)[number][0], string>>;

/** The router gives every parameter of the route as text; this tells the compiler. */
function hasIds(params: unknown): params is PathIds {
  return typeof params === 'object' && params !== null && 'characterId' in params;
}

function isId(text: string, max: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) <= max;
}
