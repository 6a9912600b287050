import { type Tenant, tenantOf } from '../domain/tenant.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { type RecordHeaders, sameBytes } from './record-headers.ts';
import { REGION_EXPECTED, REGION_FORM, REGION_LENGTH } from './tenant-headers.ts';
import { Undecodable } from './undecodable.ts';
import { UUID } from './uuid.ts';

/**
 * Spellings of tenants that are kept; beyond it the oldest goes (and is read again when it comes back). An installation
 * has a handful.
 */
const TENANTS_MAX = 1_000;

const UUID_LENGTH = 36;

interface Spelling {
  readonly id: Buffer;
  readonly region: Buffer;
  readonly majorVersion: number;
  readonly minorVersion: number;
  readonly tenant: Tenant;
}

/** Reads the tenant of a record from its headers; throws Undecodable when it has none. */
export type TenantReader = (headers: RecordHeaders) => Tenant;

/** Tenants are interned by their bytes: the same bytes give the same object, without building a string. */
export function createTenantReader(): TenantReader {
  const known = new BoundedMap<string, Spelling>(TENANTS_MAX);
  let last: Spelling | undefined;

  return (headers) => {
    const id = present('TENANT_ID', headers.tenantId);
    const region = present('REGION', headers.region);
    const majorVersion = version('MAJOR_VERSION', headers.majorVersion);
    const minorVersion = version('MINOR_VERSION', headers.minorVersion);
    if (
      last !== undefined &&
      last.majorVersion === majorVersion &&
      last.minorVersion === minorVersion &&
      sameBytes(last.id, id) &&
      sameBytes(last.region, region)
    ) {
      return last.tenant;
    }
    const idText = wellFormed('TENANT_ID', id, UUID_LENGTH, UUID, 'a UUID of 36 characters');
    const regionText = wellFormed('REGION', region, REGION_LENGTH, REGION_FORM, REGION_EXPECTED);
    const key = `${idText}/${regionText}/${majorVersion}/${minorVersion}`;
    let spelling = known.get(key);
    if (spelling === undefined) {
      const tenant = tenantOf(idText, regionText, majorVersion, minorVersion);
      spelling = { id: ownCopy(id), region: ownCopy(region), majorVersion, minorVersion, tenant };
      known.set(key, spelling);
    }
    last = spelling;
    return spelling.tenant;
  };
}

/** Not `Buffer.from(bytes)`: that is a slice of a shared block of 64 KiB, all of which would be kept with it. */
function ownCopy(bytes: Buffer): Buffer {
  return Buffer.from(new Uint8Array(bytes).buffer);
}

function present(name: string, bytes: Buffer | undefined): Buffer {
  if (bytes === undefined) throw new Undecodable('missing-header', `${name}: expected a value, got nothing`);
  return bytes;
}

/** 2 bytes, unsigned, big-endian. */
function version(name: string, bytes: Buffer | undefined): number {
  const given = present(name, bytes);
  const [high, low] = [given[0], given[1]];
  if (given.length !== 2 || high === undefined || low === undefined) {
    throw new Undecodable('malformed-header', `${name}: expected 2 bytes, got ${given.length}`);
  }
  return high * 256 + low;
}

function wellFormed(name: string, bytes: Buffer, longest: number, form: RegExp, expected: string): string {
  const text = bytes.length > longest ? '' : bytes.toString('latin1');
  if (form.test(text)) return text;
  throw new Undecodable('malformed-header', `${name}: expected ${expected}, got ${bytes.length} other bytes`);
}
