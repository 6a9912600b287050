import type { Reason } from '../ruleset.ts';

export const EXPIRED: Reason = { code: 'expired', text: 'lapsed' };
export const ZERO: Reason = { code: 'inert', text: 'grants 0' };
export const NEVER_LOWERS: Reason = { code: 'inert', text: 'items never lower a stat' };
export const NO_STATS: Reason = { code: 'inert', text: 'carries no stats' };
export const NO_EFFECT: Reason = { code: 'inert', text: 'no such skill or level in the game data' };
export const SKILL_UNKNOWN: Reason = { code: 'unknown', text: 'skill data or level not loaded' };
export const REQUIREMENTS_UNKNOWN: Reason = { code: 'unknown', text: 'requirements not loaded: counts for now' };
export const NO_MEANING: Reason = { code: 'inert', text: 'this type grants no stat' };
