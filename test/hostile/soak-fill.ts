import { randomUUID } from 'node:crypto';
import { type Tenant, tenantOf } from '../../src/domain/tenant.ts';
import type { Bed } from './bed.ts';
import { bytesOf, type Mutant } from './mutant.ts';

/** Bounds that the documentation names (docs/README.md, Limits). */
const ENDED_SESSIONS_MAX = 100_000;
const SPELLINGS_MAX = 1_000;
const DEAD_LETTERS_MAX = 1_000;
const LETTER_BYTES_MAX = 20_000;
const UNKNOWN_IDS_MAX = 10_000;
const VISITORS_MAX = 2_000;

const PORTION = 4_000;
const AT_A_TIME = 32;

/** Fills everything that has a bound, so that whatever grows later grows beyond one. */
export async function fillBounds(bed: Bed, send: (records: readonly Mutant[]) => Promise<void>): Promise<void> {
  const tenants = Array.from({ length: SPELLINGS_MAX + 100 }, newTenant);
  for (let from = 0; from < ENDED_SESSIONS_MAX; from += PORTION) {
    const portion = Array.from({ length: PORTION }, (_, at) => endOfSession(tenants[(from + at) % tenants.length]));
    await send(portion);
  }
  await send(Array.from({ length: DEAD_LETTERS_MAX }, (_, at) => unreadable(at)));
  await inParallel(tenants, (tenant) => bed.service.stats(tenant, 1));
  const [known] = bed.world.tenants;
  if (known === undefined) return;
  const unknownIds = Array.from({ length: UNKNOWN_IDS_MAX }, (_, at) => 50_000_000 + at);
  await inParallel(unknownIds, (id) => bed.service.stats(known, id));
  const visitors = Array.from({ length: VISITORS_MAX }, (_, at) => 60_000_000 + at);
  for (const characterId of visitors) bed.world.makeUp({ tenant: known, characterId });
  await inParallel(visitors, (id) => bed.service.stats(known, id));
}

export function newTenant(): Tenant {
  return tenantOf(randomUUID(), 'GMS', 83, 1);
}

/** The end of a session of which nobody has heard: it is remembered. */
function endOfSession(tenant: Tenant = newTenant()): Mutant {
  const session = {
    sessionId: randomUUID(),
    accountId: 1,
    characterId: 1,
    worldId: 0,
    channelId: 1,
    issuer: 'CHANNEL',
    type: 'DESTROYED',
  };
  return recordOf(tenant, bytesOf(session), 'alive');
}

/** A record that becomes a dead letter; their sizes go round from next to nothing to more than is kept of one. */
export function unreadable(nth: number): Mutant {
  return recordOf(newTenant(), Buffer.alloc((nth * 997) % LETTER_BYTES_MAX, 'x'), 'invalid-json');
}

function recordOf(tenant: Tenant, value: Buffer, verdict: Mutant['verdict']): Mutant {
  const version = (number: number): Buffer => Buffer.from([number >> 8, number & 0xff]);
  const headers: Mutant['headers'] = [
    [Buffer.from('TENANT_ID'), Buffer.from(tenant.id)],
    [Buffer.from('REGION'), Buffer.from(tenant.region)],
    [Buffer.from('MAJOR_VERSION'), version(tenant.majorVersion)],
    [Buffer.from('MINOR_VERSION'), version(tenant.minorVersion)],
  ];
  return { stream: 'session', key: undefined, headers, value, timestamp: Date.now(), label: '', verdict };
}

export async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await act(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}
