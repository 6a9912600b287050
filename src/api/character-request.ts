import type { FastifyRequest } from 'fastify';
import type { Unanswered } from '../answers/read-flow.ts';
import type { EventContext } from '../domain/event.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import { type FieldProblem, invalidFields, pathProblem } from './field-problem.ts';
import { contextOf, createTenantHeadersReader, isTenant } from './tenant-headers.ts';

/** Below this lies everything about one character. */
export const CHARACTER_URL = '/api/worlds/:worldId/channels/:channelId/characters/:characterId';

/** Whom a request is about, and what it hands on. */
export interface CharacterRequest {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  readonly context: EventContext | undefined;
}

/**
 * Reads it from path and headers, or throws INVALID_REQUEST that names every bad field, `others` (what is wrong elsewhere in
 * the request) included. By hand, because the hottest route of the whole installation goes through it. World and channel
 * are checked as numbers and not compared with where the character plays.
 */
export type CharacterRequestReader = (request: FastifyRequest, others?: readonly FieldProblem[]) => CharacterRequest;

const BYTE_MAX = 255;
const UINT32_MAX = 4_294_967_295;

/** `unnamed`: who is meant when no header names a tenant. */
export function createCharacterRequestReader(unnamed?: Tenant): CharacterRequestReader {
  const tenantOf = createTenantHeadersReader(unnamed);
  return (request, others = []) => {
    const { headers } = request.raw;
    const tenant = tenantOf(headers);
    const characterId = characterIdOf(request);
    if (characterId === undefined || !isTenant(tenant) || others.length > 0) {
      throw invalidFields([...pathProblems(request), ...(isTenant(tenant) ? [] : tenant), ...others]);
    }
    return { tenant, characterId, context: contextOf(headers) };
  };
}

/** Why there is no answer, as an error. */
export function errorOfUnanswered({ kind }: Unanswered): AppError {
  switch (kind) {
    case 'unknown':
      return new AppError('CHARACTER_UNKNOWN', 'the character service does not know it.');
    case 'overloaded':
      return new AppError('OVERLOADED', 'too many reads wait for a first load', { retryable: true });
    default:
      return new AppError('BASE_UNAVAILABLE', 'base stats were never loaded', { retryable: true });
  }
}

/** undefined: one of the ids in the path is not acceptable. */
function characterIdOf(request: FastifyRequest): CharacterId | undefined {
  const { params } = request;
  if (!hasIds(params)) return undefined;
  const { worldId, channelId, characterId } = params;
  const valid = idOf(worldId, BYTE_MAX) !== undefined && idOf(channelId, BYTE_MAX) !== undefined;
  return valid ? idOf(characterId, UINT32_MAX) : undefined;
}

function pathProblems({ params }: FastifyRequest): FieldProblem[] {
  if (!hasIds(params)) return [];
  return PATH_FIELDS.filter(([name, max]) => idOf(params[name], max) === undefined).map(([name, max]) =>
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

/** `/api/worlds/<id>/channels/<id>/characters/<id>/stats`, and nothing before, between or after. */
const STATS_PATH = /^\/api\/worlds\/(\d{1,3})\/channels\/(\d{1,3})\/characters\/(\d{1,10})\/stats$/;

/** Whose stats a URL names; undefined: it is none of stats, is spelt otherwise, or one of its ids is not acceptable. */
export function characterIdOfPath(url: string): CharacterId | undefined {
  const match = STATS_PATH.exec(url);
  if (match === null) return undefined;
  const [, world = '', channel = '', character = ''] = match;
  if (idOf(world, BYTE_MAX) === undefined || idOf(channel, BYTE_MAX) === undefined) return undefined;
  return idOf(character, UINT32_MAX);
}

/** The number that 1 to 10 decimal digits spell; undefined: something else, or above the largest. */
function idOf(text: string, max: number): number | undefined {
  if (text.length === 0 || text.length > 10) return undefined;
  let id = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    id = id * 10 + digit;
  }
  return id <= max ? id : undefined;
}
