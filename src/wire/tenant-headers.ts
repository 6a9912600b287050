import type { Tenant } from '../domain/tenant.ts';

/*
 * What the headers may hold that name a tenant and that are handed on, on records and on requests alike: what comes by one way
 * goes on by the other.
 */

/** Visible ASCII only, because it travels on as an HTTP header; the length is ours, real regions have three letters. */
export const REGION_FORM = /^[\x21-\x7e]{1,64}$/;
export const REGION_LENGTH = 64;
export const REGION_EXPECTED = '1 to 64 visible ASCII characters';

/** A uint16: 2 bytes, big-endian, on records; digits on requests. */
export const VERSION_MAX = 65_535;

/** Visible ASCII for the same reason; real names have a few characters. */
export const ENVIRONMENT_FORM = /^[\x21-\x7e]{1,128}$/;

/** W3C trace context, version 00: `00-`, trace id, parent id, flags; ids of zeros only are invalid. */
export const TRACEPARENT_FORM = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The headers of a request about a tenant's characters. */
export function requestHeadersOf(tenant: Tenant): Record<string, string> {
  return {
    TENANT_ID: tenant.id,
    REGION: tenant.region,
    MAJOR_VERSION: String(tenant.majorVersion),
    MINOR_VERSION: String(tenant.minorVersion),
  };
}

/** The headers of a record about a tenant's characters. */
export function recordHeadersOf(tenant: Tenant): [Buffer, Buffer][] {
  return [
    [Buffer.from('TENANT_ID'), Buffer.from(tenant.id)],
    [Buffer.from('REGION'), Buffer.from(tenant.region)],
    [Buffer.from('MAJOR_VERSION'), uint16(tenant.majorVersion)],
    [Buffer.from('MINOR_VERSION'), uint16(tenant.minorVersion)],
  ];
}

function uint16(version: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(version);
  return bytes;
}
