import { randomBytes, randomUUID } from 'node:crypto';
import type { RawRecord } from '../test/support/kafka-client.ts';

/** The one tenant of the benches, as producers write it and as clients ask for it. */
const TENANT = { id: '083839c6-c47c-42a6-9585-76492795d123', region: 'GMS', major: 83, minor: 1 };

export const TENANT_HEADERS = {
  TENANT_ID: TENANT.id,
  REGION: TENANT.region,
  MAJOR_VERSION: String(TENANT.major),
  MINOR_VERSION: String(TENANT.minor),
} as const;

const TENANT_ID = Buffer.from('TENANT_ID');
const TENANT_RECORD_HEADERS = [
  [TENANT_ID, Buffer.from(TENANT.id)],
  [Buffer.from('REGION'), Buffer.from(TENANT.region)],
  [Buffer.from('MAJOR_VERSION'), uint16(TENANT.major)],
  [Buffer.from('MINOR_VERSION'), uint16(TENANT.minor)],
] as const;

/** Nearly every Atlas event carries a traceparent, and each its own: here those that follow one another do. */
const TRACED_HEADERS = Array.from({ length: 1_000 }, () => {
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  return [[Buffer.from('traceparent'), Buffer.from(traceparent)], ...TENANT_RECORD_HEADERS] as const;
});
let traced = 0;

const BUFF_DURATION_MS = 200_000;
/**
 * Buffs are dated ahead by more than the service's allowance of 5 s between an event and a read (how-state-works, rule 2):
 * each is then clearly newer than the login's read, is applied and needs no re-read, as in steady play.
 */
const AHEAD_MS = 6_000;

/** `tenantId`: of another tenant than the bench's own. */
export function sessionCreated(characterId: number, tenantId?: string): RawRecord {
  const created = record(characterId, {
    sessionId: randomUUID(),
    accountId: 1,
    characterId,
    worldId: 0,
    channelId: 1,
    issuer: 'CHANNEL',
    type: 'CREATED',
  });
  if (tenantId === undefined) return created;
  const headers = (created.headers ?? []).map(([name, value]): [Buffer, Buffer] => [
    name,
    name.equals(TENANT_ID) ? Buffer.from(tenantId) : value,
  ]);
  return { ...created, headers };
}

/** The end of the session that a record has begun. */
export function sessionDestroyed(created: RawRecord): RawRecord {
  const event: object = JSON.parse(created.value.toString());
  return { ...created, value: Buffer.from(JSON.stringify({ ...event, type: 'DESTROYED' })) };
}

/** A buff of one stat, WEAPON_ATTACK. `at` is epoch ms; of one source the later one wins. */
export function buffApplied(characterId: number, sourceId: number, amount: number, at: number): RawRecord {
  return record(characterId, {
    worldId: 0,
    characterId,
    type: 'APPLIED',
    body: {
      fromId: characterId,
      sourceId,
      level: 20,
      duration: BUFF_DURATION_MS,
      changes: [{ type: 'WEAPON_ATTACK', amount }],
      createdAt: goTime(at + AHEAD_MS),
      expiresAt: goTime(at + AHEAD_MS + BUFF_DURATION_MS),
    },
  });
}

/** Bytes of key, value and headers, as the broker keeps them but for its own few. */
export function sizeOf({ key, value, headers }: RawRecord): number {
  const own = (key?.length ?? 0) + value.length;
  return (headers ?? []).reduce((sum, [name, content]) => sum + name.length + content.length, own);
}

function record(characterId: number, event: object): RawRecord {
  const key = Buffer.alloc(8);
  key.writeUInt32LE(characterId);
  traced = (traced + 1) % TRACED_HEADERS.length;
  return { key, value: Buffer.from(JSON.stringify(event)), headers: TRACED_HEADERS[traced] ?? [] };
}

/** As Go writes it: nine digits of fraction. */
function goTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '123457Z');
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
