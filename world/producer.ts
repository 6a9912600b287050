import type { Tenant } from '../src/domain/tenant.ts';
import type { Stream } from '../src/events/stream.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { Prng } from '../src/lib/prng.ts';

/** One Kafka record as an Atlas producer sends it. */
export interface WorldRecord {
  readonly stream: Stream;
  /** 8 bytes: the character's id (on the asset stream the asset's), uint32 little-endian, and 4 zero bytes. */
  readonly key: Buffer;
  readonly headers: readonly (readonly [Buffer, Buffer])[];
  /** UTF-8 JSON, fields in the order in which Go writes them. */
  readonly value: Buffer;
  /** Record time, epoch ms. */
  readonly timestamp: number;
}

export interface Producer {
  /** `event` is written field by field in its own order; fields that are undefined are left out. */
  send(stream: Stream, tenant: Tenant, keyId: number, event: object): void;
}

export function createProducer(clock: Clock, prng: Prng, emit: (record: WorldRecord) => void): Producer {
  return {
    send(stream, tenant, keyId, event) {
      const key = Buffer.alloc(8);
      key.writeUInt32LE(keyId);
      emit({
        stream,
        key,
        headers: prng.shuffle(headersOf(tenant, prng)),
        value: Buffer.from(JSON.stringify(event)),
        timestamp: Math.floor(clock.now()),
      });
    },
  };
}

function headersOf(tenant: Tenant, prng: Prng): (readonly [Buffer, Buffer])[] {
  return [
    [Buffer.from('traceparent'), Buffer.from(`00-${prng.hex(32)}-${prng.hex(16)}-01`)],
    [Buffer.from('TENANT_ID'), Buffer.from(tenant.id)],
    [Buffer.from('REGION'), Buffer.from(tenant.region)],
    [Buffer.from('MAJOR_VERSION'), uint16(tenant.majorVersion)],
    [Buffer.from('MINOR_VERSION'), uint16(tenant.minorVersion)],
  ];
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
