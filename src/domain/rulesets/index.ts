import type { Ruleset } from '../ruleset.ts';
import { atlas } from './atlas/ruleset.ts';

const RULESETS = [atlas] as const satisfies readonly Ruleset[];

export type RulesetName = (typeof RULESETS)[number]['name'];

/** What `RULESET` may name. */
export const RULESET_NAMES: readonly RulesetName[] = RULESETS.map((ruleset) => ruleset.name);

/** Throws when there is no such ruleset: configuration admits only {@link RULESET_NAMES}. */
export function rulesetByName(name: string): Ruleset {
  const found = RULESETS.find((ruleset) => ruleset.name === name);
  if (found === undefined) throw new Error(`no ruleset is named ${name}; there are ${RULESET_NAMES.join(', ')}`);
  return found;
}
