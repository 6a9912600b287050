/** A game world's owner: every character belongs to exactly one tenant, and ids are unique only within it. */
export interface Tenant {
  /** UUID in lower case. */
  readonly id: string;
  /** Game region, e.g. `GMS`. */
  readonly region: string;
  /** 0–65535 */
  readonly majorVersion: number;
  /** 0–65535 */
  readonly minorVersion: number;
  /** `id/region/major/minor`: equal for equal tenants, usable as a map key. */
  readonly key: string;
}

/** How many characters of a tenant are held. */
export interface TenantCount {
  readonly tenant: Tenant;
  readonly held: number;
}

/** uint32 */
export type CharacterId = number;

export function tenantOf(id: string, region: string, majorVersion: number, minorVersion: number): Tenant {
  const lower = id.toLowerCase();
  return {
    id: lower,
    region,
    majorVersion,
    minorVersion,
    key: `${lower}/${region}/${majorVersion}/${minorVersion}`,
  };
}
