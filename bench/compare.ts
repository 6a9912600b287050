import type { Figure } from './figure.ts';

/** What differs by less is noise: rounds of one run differ as much. */
const NOISE = 0.1;
const MORE_IS_BETTER = ['events/s', 'req/s', 'at once'];

export interface Comparison {
  readonly verdict: 'better' | 'worse' | 'within noise';
  /** What is compared: ratios to the ceiling where both have the same one, because these do not tell the weather of the machine. */
  readonly before: number;
  readonly now: number;
}

/** Undefined for a figure that the earlier run does not have. */
export function compare(figure: Figure, earlier: readonly Figure[]): Comparison | undefined {
  const same = earlier.find(
    ({ name, unit, ceiling }) => name === figure.name && unit === figure.unit && ceiling?.name === figure.ceiling?.name,
  );
  if (same === undefined) return undefined;
  const [before, now] = [comparable(same), comparable(figure)];
  return { before, now, verdict: verdictOf(before, now, MORE_IS_BETTER.includes(figure.unit)) };
}

function comparable({ service, ceiling }: Figure): number {
  return ceiling === undefined ? service : service / ceiling.value;
}

function verdictOf(before: number, now: number, moreIsBetter: boolean): Comparison['verdict'] {
  // Twice as much and half as much are equally far.
  if (Math.max(now / before, before / now) <= 1 + NOISE || now === before) return 'within noise';
  return now > before === moreIsBetter ? 'better' : 'worse';
}

/** The figures of what an earlier run wrote. Throws when it is no such document. */
export function figuresIn(text: string): readonly Figure[] {
  const document: unknown = JSON.parse(text);
  const isRun = typeof document === 'object' && document !== null && 'figures' in document;
  if (!isRun || !Array.isArray(document.figures) || !document.figures.every(isFigure)) {
    throw new Error('expected what --json writes');
  }
  return document.figures;
}

function isFigure(value: unknown): value is Figure {
  if (typeof value !== 'object' || value === null) return false;
  if (!('name' in value && 'unit' in value && 'service' in value)) return false;
  const { ceiling } = value as Partial<Figure>;
  return typeof value.service === 'number' && (ceiling === undefined || typeof ceiling.value === 'number');
}
