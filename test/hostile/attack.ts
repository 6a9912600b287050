import type { Tenant } from '../../src/domain/tenant.ts';
import type { Prng } from '../../src/lib/prng.ts';
import { tenantHeaders } from '../support/service-process.ts';
import { STILL_IDS, TENANTS } from './bed.ts';
import { pick } from './mutant.ts';
import type { RawRequest } from './raw-http.ts';

/** A request, or many on one connection, and the statuses that may answer it. */
export interface Attack extends RawRequest {
  /** Statuses that any of the answers may have. */
  readonly statuses: readonly number[];
  /** True: no answer at all is right, too: the client does not wait for one, or the connection just ends. */
  readonly maySayNothing?: boolean;
  /** Whose stats each answer has to hold, in order. */
  readonly expected?: readonly Asked[];
}

/** One of the characters that nothing changes. */
export interface Asked {
  readonly tenant: number;
  readonly character: number;
}

export type AttackMaker = (prng: Prng) => Attack;

export const KEEP = 'Connection: keep-alive';
export const CLOSE = 'Connection: close';

export function drawAsked(prng: Prng): Asked {
  return { tenant: prng.between(0, TENANTS.length - 1), character: prng.between(0, STILL_IDS.length - 1) };
}

export function tenantAt(at: number): Tenant {
  const tenant = TENANTS[at];
  if (tenant === undefined) throw new Error(`there is no tenant ${at}`);
  return tenant;
}

export function statsPath(
  characterId: number | string,
  worldId: number | string = 0,
  channelId: number | string = 1,
): string {
  return `/api/worlds/${worldId}/channels/${channelId}/characters/${characterId}/stats`;
}

export function pathOf({ character }: Asked): string {
  return statsPath(STILL_IDS[character] ?? 0);
}

export function headerLines(tenant: Tenant): string[] {
  return Object.entries(tenantHeaders(tenant)).map(([name, value]) => `${name}: ${value}`);
}

export function requestOf(method: string, target: string, lines: readonly string[], body = ''): Buffer {
  return Buffer.from(
    `${method} ${target} HTTP/1.1\r\nHost: stats\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`,
    'latin1',
  );
}

export function validRequest(asked: Asked, connection = KEEP, more: readonly string[] = []): Buffer {
  return requestOf('GET', pathOf(asked), [...headerLines(tenantAt(asked.tenant)), ...more, connection]);
}

/** A request of somebody who does nothing wrong. */
export const honest: AttackMaker = (prng) => {
  const asked = drawAsked(prng);
  return { chunks: [validRequest(asked, CLOSE)], answers: 1, statuses: [200], expected: [asked] };
};

/** One request with this request line and these headers beside a known tenant's. */
export function single(chunk: Buffer, statuses: readonly number[], maySayNothing = false): Attack {
  return { chunks: [chunk], answers: 1, statuses, maySayNothing };
}

export function anyOf(prng: Prng, texts: readonly [string, ...string[]]): string {
  return pick(prng, texts);
}
