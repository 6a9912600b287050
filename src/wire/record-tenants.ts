import { type Tenant, tenantOf } from '../domain/tenant.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { type Literal, literal } from './literal.ts';
import { HEADER, HEADER_NAMES, type Header, type RecordHeaders } from './record-headers.ts';
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
  readonly id: Literal;
  readonly region: Literal;
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
    expectPresent(headers, HEADER.tenantId);
    expectPresent(headers, HEADER.region);
    const majorVersion = versionOf(headers, HEADER.majorVersion);
    const minorVersion = versionOf(headers, HEADER.minorVersion);
    if (
      last !== undefined &&
      last.majorVersion === majorVersion &&
      last.minorVersion === minorVersion &&
      headers.is(HEADER.tenantId, last.id) &&
      headers.is(HEADER.region, last.region)
    ) {
      return last.tenant;
    }
    const idText = wellFormed(headers, HEADER.tenantId, UUID_LENGTH, UUID, 'a UUID of 36 characters');
    const regionText = wellFormed(headers, HEADER.region, REGION_LENGTH, REGION_FORM, REGION_EXPECTED);
    const key = `${idText}/${regionText}/${majorVersion}/${minorVersion}`;
    let spelling = known.get(key);
    if (spelling === undefined) {
      const tenant = tenantOf(idText, regionText, majorVersion, minorVersion);
      spelling = { id: literal(idText), region: literal(regionText), majorVersion, minorVersion, tenant };
      known.set(key, spelling);
    }
    last = spelling;
    return spelling.tenant;
  };
}

function expectPresent(headers: RecordHeaders, header: Header): void {
  if (!headers.has(header))
    throw new Undecodable('missing-header', `${HEADER_NAMES[header]}: expected a value, got nothing`);
}

/** 2 bytes, unsigned, big-endian. */
function versionOf(headers: RecordHeaders, header: Header): number {
  expectPresent(headers, header);
  const length = headers.lengthOf(header);
  if (length !== 2)
    throw new Undecodable('malformed-header', `${HEADER_NAMES[header]}: expected 2 bytes, got ${length}`);
  return headers.byteOf(header, 0) * 256 + headers.byteOf(header, 1);
}

function wellFormed(headers: RecordHeaders, header: Header, longest: number, form: RegExp, expected: string): string {
  const length = headers.lengthOf(header);
  const text = length > longest ? '' : headers.textOf(header);
  if (form.test(text)) return text;
  throw new Undecodable('malformed-header', `${HEADER_NAMES[header]}: expected ${expected}, got ${length} other bytes`);
}
