import type { Config } from '../config/config.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { rulesetByName } from '../domain/rulesets/index.ts';
import type { Tenant } from '../domain/tenant.ts';

/** The ruleset of a tenant: by its id, else by its region and version, else the general one. */
export function createRulesetChoice({ ruleset, rulesetOverrides }: Config): (tenant: Tenant) => Ruleset {
  const general = rulesetByName(ruleset);
  const named = Object.entries(rulesetOverrides).map(([key, name]) => [key, rulesetByName(name)] as const);
  if (named.length === 0) return () => general;
  const overrides = new Map(named);
  return ({ id, region, majorVersion, minorVersion }) =>
    overrides.get(id) ?? overrides.get(`${region}/${majorVersion}.${minorVersion}`) ?? general;
}
