import type { EventContext } from '../domain/event.ts';
import { ENVIRONMENT_FORM } from './tenant-headers.ts';
import { Undecodable } from './undecodable.ts';

/** Name and value of each header as the broker holds them. */
export type Headers = readonly (readonly [Buffer, Buffer])[];

/** The headers that concern this service, still as bytes. */
export interface RecordHeaders {
  tenantId: Buffer | undefined;
  region: Buffer | undefined;
  majorVersion: Buffer | undefined;
  minorVersion: Buffer | undefined;
  environment: Buffer | undefined;
  traceparent: Buffer | undefined;
}

const TENANT_ID = Buffer.from('TENANT_ID');
const REGION = Buffer.from('REGION');
const MAJOR_VERSION = Buffer.from('MAJOR_VERSION');
const MINOR_VERSION = Buffer.from('MINOR_VERSION');
const ENVIRONMENT = Buffer.from('ENVIRONMENT');
export const TRACEPARENT_HEADER = Buffer.from('traceparent');

const DASH = 0x2d;
const ZERO = 0x30;

/**
 * Finds the headers that concern this service, in any order. A name that comes twice with the same value is harmless
 * (a producer that decorates a message twice); with different values it would be a guess whose event it is, so the
 * record is dead. Of several different traceparents none is handed on.
 */
export function readHeaders(headers: Headers): RecordHeaders {
  const found: RecordHeaders = {
    tenantId: undefined,
    region: undefined,
    majorVersion: undefined,
    minorVersion: undefined,
    environment: undefined,
    traceparent: undefined,
  };
  let traceConflicts = false;
  for (const header of headers) {
    const name = header[0];
    const value = header[1];
    // Lengths tell most names apart; each is then compared in full.
    switch (name.length) {
      case TENANT_ID.length:
        if (sameBytes(name, TENANT_ID)) found.tenantId = only('TENANT_ID', found.tenantId, value);
        break;
      case REGION.length:
        if (sameBytes(name, REGION)) found.region = only('REGION', found.region, value);
        break;
      case MAJOR_VERSION.length:
        if (sameBytes(name, MAJOR_VERSION)) found.majorVersion = only('MAJOR_VERSION', found.majorVersion, value);
        else if (sameBytes(name, MINOR_VERSION)) found.minorVersion = only('MINOR_VERSION', found.minorVersion, value);
        break;
      case ENVIRONMENT.length:
        if (sameBytes(name, ENVIRONMENT)) found.environment = only('ENVIRONMENT', found.environment, value);
        else if (sameBytes(name, TRACEPARENT_HEADER)) {
          traceConflicts ||= found.traceparent !== undefined && !sameBytes(found.traceparent, value);
          found.traceparent = value;
        }
        break;
      default:
    }
  }
  if (traceConflicts) found.traceparent = undefined;
  return found;
}

/** What the event hands on, as far as it is well-formed; undefined when that is nothing. */
export function contextOf(headers: RecordHeaders): EventContext | undefined {
  const traceparent = traceparentOf(headers.traceparent);
  const environment = environmentOf(headers.environment);
  if (traceparent === undefined) return environment === undefined ? undefined : { environment };
  return environment === undefined ? { traceparent } : { traceparent, environment };
}

/** Byte by byte: names and tenants are too short to be worth a call out of the engine. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}

function only(name: string, before: Buffer | undefined, value: Buffer): Buffer {
  if (before === undefined || sameBytes(before, value)) return value;
  throw new Undecodable('conflicting-header', `${name}: expected one value, got different ones`);
}

/** What `TRACEPARENT_FORM` says of texts, read as bytes, since nearly every event carries one. */
function traceparentOf(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined || bytes.length !== 55) return undefined;
  const framed =
    bytes[2] === DASH && bytes[35] === DASH && bytes[52] === DASH && bytes[0] === ZERO && bytes[1] === ZERO;
  const formed = framed && isHexId(bytes, 3, 35) && isHexId(bytes, 36, 52) && isHex(bytes[53]) && isHex(bytes[54]);
  return formed ? bytes.toString('latin1') : undefined;
}

/** Lower-case hex digits that are not all zero. */
function isHexId(bytes: Buffer, from: number, until: number): boolean {
  let zeros = 0;
  for (let index = from; index < until; index++) {
    const byte = bytes[index];
    if (!isHex(byte)) return false;
    if (byte === ZERO) zeros += 1;
  }
  return zeros < until - from;
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66));
}

function environmentOf(bytes: Buffer | undefined): string | undefined {
  const environment = bytes?.toString('latin1');
  return environment !== undefined && ENVIRONMENT_FORM.test(environment) ? environment : undefined;
}
