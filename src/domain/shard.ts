import type { CharacterId, Tenant } from './tenant.ts';

/** One of `count` parts of all characters. */
export interface Shard {
  /** 0 to `count` − 1 */
  readonly index: number;
  readonly count: number;
}

/** Whether a session of the character makes a resident here. */
export type IsOurs = (tenant: Tenant, characterId: CharacterId) => boolean;

/** The polynomial of zip, gzip and nginx. */
const CRC32_POLYNOMIAL = 0xedb88320;
const DIGIT_ZERO = 0x30;

/** As SHARD takes it: `k/n`. */
export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** undefined: one process has everybody. */
export function createShardCheck(shard: Shard | undefined): IsOurs {
  if (shard === undefined) return () => true;
  const { index, count } = shard;
  const hashOf = createShardHash();
  return (tenant, characterId) => hashOf(tenant, characterId) % count === index;
}

/**
 * What decides on a character's shard, 0 to 32,767: bits 16 to 30 of the CRC-32 of `<tenant id>/<character id>`, the UUID in
 * lower case and the id in decimal. It must never change. nginx's `hash` (without `consistent`) computes the same of the same
 * text, as Cache::Memcached did before it: http://nginx.org/en/docs/http/ngx_http_upstream_module.html#hash
 */
export function createShardHash(): (tenant: Tenant, characterId: CharacterId) => number {
  const table = crcTable();
  const step = (crc: number, byte: number): number => (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  /** The CRC so far, after the tenant's id and the slash. */
  const prefixes = new WeakMap<Tenant, number>();

  const prefixOf = (tenant: Tenant): number => {
    let crc = prefixes.get(tenant);
    if (crc === undefined) {
      crc = -1;
      for (const letter of `${tenant.id}/`) crc = step(crc, letter.charCodeAt(0));
      prefixes.set(tenant, crc);
    }
    return crc;
  };

  return (tenant, characterId) => {
    let crc = prefixOf(tenant);
    let unit = 1;
    while (characterId >= unit * 10) unit *= 10;
    for (; unit >= 1; unit /= 10) crc = step(crc, DIGIT_ZERO + (Math.floor(characterId / unit) % 10));
    return (~crc >>> 16) & 0x7fff;
  };
}

function crcTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ CRC32_POLYNOMIAL : crc >>> 1;
    return crc;
  });
}
