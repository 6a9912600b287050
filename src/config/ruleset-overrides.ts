import { RULESET_NAMES, type RulesetName } from '../domain/rulesets/index.ts';

/** Rulesets by tenant id (lower case) or `region/major.minor`. */
export type RulesetOverrides = Readonly<Record<string, RulesetName>>;

const TENANT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const REGION_AND_VERSION = /^[^/=,\s]+\/(\d{1,5})\.(\d{1,5})$/;

/** Reads `<UUID>=<ruleset>` and `<region>/<major>.<minor>=<ruleset>`, separated by commas; undefined: something is wrong. */
export function rulesetOverrides(text: string): RulesetOverrides | undefined {
  const overrides: Record<string, RulesetName> = {};
  const entries = text.split(',').map((entry) => entry.trim());
  for (const entry of entries.filter((each) => each !== '')) {
    const [key = '', name] = entry.split('=');
    const ruleset = RULESET_NAMES.find((known) => known === name);
    if (ruleset === undefined || !isKey(key)) return undefined;
    overrides[TENANT_ID.test(key) ? key.toLowerCase() : key] = ruleset;
  }
  return overrides;
}

function isKey(key: string): boolean {
  const [, major, minor] = REGION_AND_VERSION.exec(key) ?? [];
  return TENANT_ID.test(key) || (major !== undefined && Number(major) <= 65_535 && Number(minor) <= 65_535);
}
