import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Tenant } from '../domain/tenant.ts';
import { type CharacterRequest, characterIdOfPath } from './character-request.ts';
import { contextOf, createTenantHeadersReader, isTenant } from './tenant-headers.ts';

/** A request for a character's stats, as the hot route takes it up. */
export interface HotRequest extends CharacterRequest {
  readonly method: 'GET';
  readonly url: string;
  readonly ifNoneMatch: string | undefined;
}

/** False: the request is not this route's, and nothing has been done with it. */
export type HotRoute = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Takes requests for stats before the framework's router, which with its request and reply costs as much as all the rest of
 * such an answer. Only those that are plainly what game services send: a GET without query, with ids and tenant as they should
 * be. Every other one is left to the framework's own route, which has the same handler; one table of cases is run against both.
 */
export function createHotRoute(
  respond: (request: HotRequest, response: ServerResponse) => void,
  unnamed: Tenant | undefined,
): HotRoute {
  const tenantOf = createTenantHeadersReader(unnamed);
  return (request, response) => {
    const { method, url, headers } = request;
    if (method !== 'GET' || url === undefined) return false;
    const characterId = characterIdOfPath(url);
    if (characterId === undefined) return false;
    const tenant = tenantOf(headers);
    if (!isTenant(tenant)) return false;
    respond(
      { method, url, tenant, characterId, context: contextOf(headers), ifNoneMatch: headers['if-none-match'] },
      response,
    );
    return true;
  };
}
