import type { Line, Reason } from '../../ruleset.ts';
import { type BaseValues, STAT_INDEX } from '../../stat.ts';
import type { Entry } from '../entry.ts';
import { CONSTANTS, PHASE } from './constants.ts';

/**
 * The lines of `magic`: intelligence and magic attack together, of which base and equipment count up to
 * {@link CONSTANTS.magicCap} (Cosmic keeps the same sum for its magic damage).
 */
export function magicLines(base: BaseValues, entries: readonly Entry[], values: readonly number[]): Line[] {
  const worn = entries.filter(({ counts, phase, bonus }) => {
    return counts && phase === PHASE.equipment && (bonus.stat === 'intelligence' || bonus.stat === 'magic_attack');
  });
  const early = worn.reduce((sum, { bonus }) => sum + bonus.amount, base.intelligence);
  const over = Math.max(0, early - CONSTANTS.magicCap);
  const capped: Reason = { code: 'capped', text: `at most ${CONSTANTS.magicCap}` };
  const total = (values[STAT_INDEX.intelligence] ?? 0) + (values[STAT_INDEX.magic_attack] ?? 0);
  return [
    line('equipment', early, early),
    ...(over === 0 ? [] : [line('magic cap', CONSTANTS.magicCap, -over, capped)]),
    line('limits', total - early, total - early),
  ];
}

function line(phase: string, raw: number, applied: number, reason?: Reason): Line {
  return { phase, source: { kind: 'rule' }, form: 'amount', raw, applied, reason };
}
