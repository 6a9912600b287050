import type { Ruleset } from '../ruleset.ts';
import { atlas } from './atlas/ruleset.ts';
import { gmsV83 } from './gms-v83/ruleset.ts';

/** Every ruleset that there is. */
export const RULESETS = [atlas, gmsV83] as const satisfies readonly Ruleset[];

export type RulesetName = (typeof RULESETS)[number]['name'];

/** What `RULESET` may name. */
export const RULESET_NAMES: readonly RulesetName[] = RULESETS.map(({ name }) => name);

/** Throws when there is no such ruleset: configuration admits only {@link RULESET_NAMES}. */
export function rulesetByName(name: string): Ruleset {
  const found = RULESETS.find((ruleset) => ruleset.name === name);
  if (found !== undefined) return found;
  throw new Error(`no ruleset is named ${name}; there are ${RULESETS.map((ruleset) => ruleset.name).join(', ')}`);
}
