import type { Line, LineSource, Reason, Recorder } from '../ruleset.ts';
import type { Stat } from '../stat.ts';

/** What a calculation has taken down. */
export interface Ledger extends Recorder {
  /** The stat's lines in the order of the calculation. */
  lines(stat: Stat): readonly Line[];
  /** Sources that bear on no stat as they are. */
  readonly idles: readonly { readonly source: LineSource; readonly reason: Reason }[];
  /** Lines of values that no answer carries, by name. */
  readonly derivations: ReadonlyMap<string, readonly Line[]>;
}

/** An empty ledger, to be handed to one `compute`. */
export function createLedger(): Ledger {
  const lines = new Map<Stat, Line[]>();
  const idles: { source: LineSource; reason: Reason }[] = [];
  const derivations = new Map<string, readonly Line[]>();
  return {
    line(stat, line) {
      const list = lines.get(stat);
      if (list === undefined) lines.set(stat, [line]);
      else list.push(line);
    },
    idle: (source, reason) => idles.push({ source, reason }),
    derived: (name, derivation) => derivations.set(name, derivation),
    lines: (stat) => lines.get(stat) ?? [],
    idles,
    derivations,
  };
}

/** What the lines add up to. */
export function sumOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.applied, 0);
}

/** The sum without the limits: what the stat would be if none held it. */
export function uncappedOf(lines: readonly Line[]): number {
  return sumOf(lines.filter(({ reason }) => reason?.code !== 'capped' && reason?.code !== 'raised'));
}
