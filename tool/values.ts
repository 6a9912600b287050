import { type Tenant, tenantOf } from '../src/domain/tenant.ts';
import { parseGoDuration } from '../src/lib/go-duration.ts';
import { UsageError } from './command.ts';

const TENANT = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\/([!-~]{1,64}?)\/(\d{1,5})[./](\d{1,5})$/i;

/** @throws UsageError */
export function integer(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name}: expected an integer from ${least} to ${most}, got "${text}"`);
}

/** Ms. @throws UsageError */
export function duration(name: string, text: string): number {
  const ms = parseGoDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new UsageError(`${name}: expected a duration such as 30s or 5m, got "${text}"`);
}

/** @throws UsageError */
export function tenant(name: string, text: string): Tenant {
  const [, id, region, major, minor] = TENANT.exec(text) ?? [];
  if (id !== undefined && region !== undefined && Number(major) <= 0xffff && Number(minor) <= 0xffff) {
    return tenantOf(id, region, Number(major), Number(minor));
  }
  throw new UsageError(`${name}: expected <UUID>/<region>/<major>.<minor>, such as ${DEFAULT_TENANT}, got "${text}"`);
}

/** Of the demo and of `load`, and the one that Atlas comes with. */
export const DEFAULT_TENANT = '083839c6-c47c-42a6-9585-76492795d123/GMS/83.1';
