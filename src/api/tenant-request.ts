import type { FastifyRequest } from 'fastify';
import type { EventContext } from '../domain/event.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type FieldProblem, invalidFields } from './field-problem.ts';
import { contextOf, createTenantHeadersReader, isTenant } from './tenant-headers.ts';

/** Whose characters a request is about, and what it hands on. */
export interface TenantRequest {
  readonly tenant: Tenant;
  readonly context: EventContext | undefined;
}

/** Reads it from the headers, or throws INVALID_REQUEST that names every bad field, `others` included. */
export type TenantRequestReader = (request: FastifyRequest, others?: readonly FieldProblem[]) => TenantRequest;

/** `unnamed`: who is meant when no header names a tenant; undefined: that is an error. */
export function createTenantRequestReader(unnamed: Tenant | undefined): TenantRequestReader {
  const tenantOf = createTenantHeadersReader(unnamed);
  return ({ raw: { headers } }, others = []) => {
    const tenant = tenantOf(headers);
    if (!isTenant(tenant) || others.length > 0) throw invalidFields([...(isTenant(tenant) ? [] : tenant), ...others]);
    return { tenant, context: contextOf(headers) };
  };
}
