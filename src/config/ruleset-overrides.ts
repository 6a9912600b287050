import { RULESET_NAMES, type RulesetName } from '../domain/rulesets/index.ts';
import { VERSION_MAX } from '../wire/tenant-headers.ts';
import { UUID } from '../wire/uuid.ts';

/** Rulesets by tenant id (lower case) or `region/major.minor`. */
export type RulesetOverrides = Readonly<Record<string, RulesetName>>;

const REGION_AND_VERSION = /^[^/=,\s]+\/(\d{1,5})\.(\d{1,5})$/;

/** Reads `<UUID>=<ruleset>` and `<region>/<major>.<minor>=<ruleset>`, separated by commas; undefined: something is wrong. */
export function rulesetOverrides(text: string): RulesetOverrides | undefined {
  const overrides: Record<string, RulesetName> = {};
  const entries = text.split(',').map((entry) => entry.trim());
  for (const entry of entries.filter((each) => each !== '')) {
    const [key = '', name] = entry.split('=');
    const ruleset = RULESET_NAMES.find((known) => known === name);
    if (ruleset === undefined || !isKey(key)) return undefined;
    overrides[UUID.test(key) ? key.toLowerCase() : key] = ruleset;
  }
  return overrides;
}

function isKey(key: string): boolean {
  const [, major, minor] = REGION_AND_VERSION.exec(key) ?? [];
  return UUID.test(key) || (major !== undefined && Number(major) <= VERSION_MAX && Number(minor) <= VERSION_MAX);
}
