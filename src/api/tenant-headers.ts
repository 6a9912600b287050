import type { IncomingHttpHeaders } from 'node:http';
import type { EventContext } from '../domain/event.ts';
import { type Tenant, tenantOf } from '../domain/tenant.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import {
  ENVIRONMENT_FORM,
  REGION_EXPECTED,
  REGION_FORM,
  TRACEPARENT_FORM,
  VERSION_MAX,
} from '../wire/tenant-headers.ts';
import { UUID } from '../wire/uuid.ts';
import { type FieldProblem, headerProblem } from './field-problem.ts';

/** Spellings of tenants that are kept; beyond it the oldest goes. An installation has a handful, hostile clients any number. */
const TENANTS_MAX = 1_000;

const VERSION_EXPECTED = `an integer from 0 to ${VERSION_MAX}`;

export type TenantHeaders = Tenant | readonly FieldProblem[];

type Spelling = Readonly<Record<'id' | 'region' | 'major' | 'minor', string | string[] | undefined>>;

/**
 * Reads the tenant from the request headers, or says what is wrong with each of them. Tenants that were read
 * before are recognised without reading them again, the one of the last request without building a key. `unnamed` is meant
 * when there is none of the four headers; without it, that is an error.
 */
export function createTenantHeadersReader(unnamed?: Tenant): (headers: IncomingHttpHeaders) => TenantHeaders {
  const known = new BoundedMap<string, Tenant>(TENANTS_MAX);
  let last: (Spelling & { readonly tenant: Tenant }) | undefined;

  return (headers) => {
    const { tenant_id: id, region, major_version: major, minor_version: minor } = headers;
    if (
      last !== undefined &&
      last.id === id &&
      last.region === region &&
      last.major === major &&
      last.minor === minor
    ) {
      return last.tenant;
    }
    if (
      unnamed !== undefined &&
      id === undefined &&
      region === undefined &&
      major === undefined &&
      minor === undefined
    ) {
      return unnamed;
    }
    const key = JSON.stringify([id, region, major, minor]);
    const tenant = known.get(key) ?? read(headers);
    if (!isTenant(tenant)) return tenant;
    known.set(key, tenant);
    last = { id, region, major, minor, tenant };
    return tenant;
  };
}

export function isTenant(headers: TenantHeaders): headers is Tenant {
  return 'key' in headers;
}

/** What the request hands on to every request that it causes, as far as it is well-formed; undefined when that is nothing. */
export function contextOf(headers: IncomingHttpHeaders): EventContext | undefined {
  const trace = headers.traceparent;
  const named = headers.environment;
  if (trace === undefined && named === undefined) return undefined;
  const traceparent = typeof trace === 'string' && TRACEPARENT_FORM.test(trace) ? trace : undefined;
  const environment = typeof named === 'string' && ENVIRONMENT_FORM.test(named) ? named : undefined;
  if (traceparent === undefined) return environment === undefined ? undefined : { environment };
  return environment === undefined ? { traceparent } : { traceparent, environment };
}

function read(headers: IncomingHttpHeaders): TenantHeaders {
  const problems: FieldProblem[] = [];
  const checked = (header: string, expected: string, isValid: (value: string) => boolean): string => {
    const value = headers[header.toLowerCase()];
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (text !== undefined && isValid(text)) return text;
    problems.push(headerProblem(header, expected, text));
    return '';
  };
  const id = checked('TENANT_ID', 'a UUID', (value) => UUID.test(value));
  const region = checked('REGION', REGION_EXPECTED, (value) => REGION_FORM.test(value));
  const major = checked('MAJOR_VERSION', VERSION_EXPECTED, isVersion);
  const minor = checked('MINOR_VERSION', VERSION_EXPECTED, isVersion);
  return problems.length > 0 ? problems : tenantOf(id, region, Number(major), Number(minor));
}

function isVersion(value: string): boolean {
  return /^\d{1,10}$/.test(value) && Number(value) <= VERSION_MAX;
}
