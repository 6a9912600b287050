/**
 * Whether an answer is right for some moment of the request's recent past.
 *
 * Exact: it equals the oracle's calculation for one moment of the window. Mixed: every value and every source in it was true
 * at some moment of the window, though not all at the same one; nobody can do better while topics have delays of their own.
 * In both cases all of it must add up. What is named as degraded may be older; all the rest is held to the window. A base is
 * always held to what was true, or was told again, once.
 */
import { ATTRIBUTES } from '../../src/answers/stats-document.ts';
import { type BaseValues, PRIMARY_STATS, STATS, type Stat } from '../../src/domain/stat.ts';
import { ITEM_TEMPLATES } from '../../world/item-templates.ts';
import type { Asset, Buff, Character, Format, LearntSkill } from '../../world/model.ts';
import { equals } from '../support/differences.ts';
import { oracleStats } from '../support/oracle.ts';
import type { StatsAnswer } from '../support/service-process.ts';
import { WHILE_LISTED } from './excuses.ts';
import { type Rows, rowsBySource, totalOf } from './listed-bonuses.ts';
import { BARE, type Effect, effectOf, sameEffect } from './source-effect.ts';
import type { Truth } from './truth-history.ts';

export type Verdict =
  | { readonly kind: 'exact' /** The truth that it equals. */; readonly truth: Truth }
  | { readonly kind: 'mixed' }
  | { readonly kind: 'degraded' }
  /** Too many combinations to try. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'lie'; readonly why: string };

export interface Question {
  readonly answer: StatsAnswer;
  /** The truths of the window, the newest first; at least one. */
  readonly truths: readonly Truth[];
  /** All truths that are remembered: what is named as degraded was true once. */
  readonly past: readonly Truth[];
  /** What came again lately: so may a base be that is named as degraded. */
  readonly retold: readonly Partial<BaseValues>[];
  /** Epoch ms. */
  readonly endedAt: number;
}

export type Judge = (question: Question) => Verdict;

const COMBINATIONS_MAX = 400;

/** @param format of the services: S tells neither requirements nor the levels of buffs */
export function createJudge(format: Format): Judge {
  const exact = new WeakMap<Character, Record<Stat, number>>();
  const oracle = (character: Character, now: number): Record<Stat, number> => {
    const stats = exact.get(character) ?? oracleStats(character, { now, grace: WHILE_LISTED, format });
    exact.set(character, stats);
    return stats;
  };

  return (question) => {
    const { answer, truths, endedAt } = question;
    const degraded = new Set(answer.degraded);
    // Whatever is degraded: clients take zeros for the truth.
    const zeros = PRIMARY_STATS.every((stat) => answer.attributes[ATTRIBUTES[stat]] === 0);
    if (zeros) return { kind: 'lie', why: 'a base of zeros' };
    if (degraded.size === 0) {
      const truth = truths.find(({ character }) => equals(answer.attributes, oracle(character, endedAt)));
      if (truth !== undefined) return { kind: 'exact', truth };
    }
    return explain({ ...question, format }, degraded);
  };
}

/** A question about services of a format. */
type Case = Question & { readonly format: Format };

function explain(question: Case, degraded: ReadonlySet<string>): Verdict {
  const { answer, truths, format } = question;
  const characters = truths.map((truth) => truth.character);
  const [newest] = characters;
  if (newest === undefined) return { kind: 'lie', why: 'nobody was online in the window' };
  const listed = rowsBySource(answer);
  const lie = (why: string): Verdict => ({ kind: 'lie', why });

  const heldBases = characters.map(({ base }) => base);
  const pastBases = [...question.past.map(({ character }) => character.base), ...question.retold];
  const bases = baseFits(degraded.has('base') ? pastBases : heldBases, answer, listed);
  if (typeof bases === 'string') return lie(bases);
  const assets = degraded.has('equipment') ? [] : wornFits(characters, listed, format);
  if (typeof assets === 'string') return lie(assets);
  const buffs = degraded.has('buffs') ? [] : buffFits(characters, listed, question);
  if (typeof buffs === 'string') return lie(buffs);
  const skills = degraded.has('passives') ? [] : skillFits(characters, listed);
  if (typeof skills === 'string') return lie(skills);
  if (degraded.size > 0) return { kind: 'degraded' };

  // What is left open has no row of its own: level and job, which decide who qualifies for what.
  let tried = 0;
  for (const base of combinations({ ...newest.base }, bases)) {
    tried += 1;
    if (tried > COMBINATIONS_MAX) return { kind: 'undecided' };
    const character = { ...newest, base, assets, buffs, skills };
    const expected = oracleStats(character, { now: question.endedAt, grace: WHILE_LISTED, format });
    if (equals(answer.attributes, expected)) return { kind: 'mixed' };
  }
  return lie('every source was true in the window, but together they give other numbers (requirements)');
}

type Bases = readonly (readonly [field: keyof Character['base'], values: readonly number[]])[];

/** The values of each base field, of these, that the answer's total and its rows allow. */
function baseFits(
  believed: readonly Partial<BaseValues>[],
  answer: StatsAnswer,
  listed: Map<string, Rows>,
): Bases | string {
  const rows = [...listed.values()];
  for (const stat of STATS) {
    if (stat in { ...believed[0] }) continue;
    const total = totalOf(stat, 0, rows);
    if (answer.attributes[ATTRIBUTES[stat]] !== total) return `${stat} does not add up: its bonuses make ${total}`;
  }
  const fits: [keyof Character['base'], number[]][] = [];
  for (const stat of PRIMARY_STATS) {
    const values = valuesOf(stat, believed);
    const fitting = values.filter((value) => totalOf(stat, value, rows) === answer.attributes[ATTRIBUTES[stat]]);
    if (fitting.length === 0)
      return `${stat}: no base of the window (${values.join(', ')}) fits with the bonuses listed`;
    fits.push([stat, fitting.slice(0, 2)]);
  }
  for (const field of ['level', 'job'] as const) fits.push([field, valuesOf(field, believed)]);
  return fits;
}

function valuesOf(field: keyof BaseValues, believed: readonly Partial<BaseValues>[]): number[] {
  return [...new Set(believed.map((base) => base[field]))].filter((value) => value !== undefined);
}

function* combinations(base: Record<keyof Character['base'], number>, fits: Bases): Generator<Character['base']> {
  const [first, ...rest] = fits;
  if (first === undefined) return yield { ...base };
  const [field, values] = first;
  for (const value of values) yield* combinations({ ...base, [field]: value }, rest);
}

/** What was worn as far as the answer shows it; what it does not list was taken off, or its wearer does not qualify. */
function wornFits(
  characters: readonly Character[],
  listed: Map<string, Rows>,
  format: Format,
): readonly Asset[] | string {
  const worn: Asset[] = [];
  for (const [id, variants] of variantsBy(
    characters,
    ({ assets }) => assets.filter(({ slot }) => slot < 0),
    assetKey,
  )) {
    const source = `equipment:${id}`;
    const rows = listed.get(source);
    if (rows === undefined) {
      const always = variants.includes(undefined) ? undefined : variants[0];
      if (always === undefined) continue;
      if (isForEverybody(always, format) && !sameEffect(NO_ROWS, effectOf({ assets: [always] }))) {
        return `${source} was worn all the time, and is not listed`;
      }
      worn.push(always);
      continue;
    }
    const match = variants.find((asset) => asset !== undefined && sameEffect(rows, effectOf({ assets: [asset] })));
    if (match === undefined) return `${source} was never worn like that in the window`;
    worn.push(match);
  }
  return unknownSource('equipment', listed, new Set(worn.map(assetKey))) ?? worn;
}

const NO_ROWS: Rows = new Map();

/** Nobody can lack what it demands; whatever else is degraded, it counts. */
function isForEverybody({ templateId }: Asset, format: Format): boolean {
  const requires = format === 'T' ? ITEM_TEMPLATES.get(templateId)?.requires : undefined;
  return requires === undefined || Object.values(requires).every((demand) => demand === 0);
}

function buffFits(
  characters: readonly Character[],
  listed: Map<string, Rows>,
  question: Case,
): readonly Buff[] | string {
  const fits: Buff[] = [];
  const parts = variantsBy(characters, ({ buffs }) => buffs.flatMap(byStat), statKey);
  const sources = Map.groupBy(parts, ([key]) => key.split('/')[0] ?? '');
  for (const [id, ofSource] of sources) {
    const rows = listed.get(`buff:${id}`) ?? new Map();
    const skills = characters.flatMap((each) => each.skills.filter(({ skillId }) => String(skillId) === id));
    const chosen: Buff[] = [];
    for (const [, variants] of ofSource) {
      const options = variants.map((buff) => buff && { ...buff, expiresAt: undefined });
      const match = fittingBuff(options, skills, rows, question.format);
      if (match === 'none') return `buff:${id} was never like that in the window`;
      if (match !== undefined) chosen.push(match);
    }
    if (
      ![[], ...skills.map((skill) => [skill])].some((own) =>
        sameEffect(rows, effectOf({ buffs: chosen, skills: own }, question.format)),
      )
    ) {
      return `buff:${id} lists more than it ever granted in the window`;
    }
    fits.push(...chosen);
  }
  return unknownSource('buff', listed, new Set(sources.keys())) ?? fits;
}

function skillFits(characters: readonly Character[], listed: Map<string, Rows>): readonly LearntSkill[] | string {
  const fits: LearntSkill[] = [];
  const byId = variantsBy(
    characters,
    ({ skills }) => skills,
    ({ skillId }) => String(skillId),
  );
  for (const [id, variants] of byId) {
    const rows = listed.get(`passive:${id}`) ?? new Map();
    const match = variants.find((skill) => sameEffect(rows, effectOf({ skills: skill === undefined ? [] : [skill] })));
    if (match === undefined && !(variants.includes(undefined) && rows.size === 0)) {
      return `passive:${id} was never like that in the window`;
    }
    if (match !== undefined) fits.push(match);
  }
  return unknownSource('passive', listed, new Set(byId.keys())) ?? fits;
}

/** Every variant of each thing in the window; undefined among them: it was absent at some time. */
function variantsBy<T>(
  characters: readonly Character[],
  thingsOf: (character: Character) => readonly T[],
  keyOf: (thing: T) => string,
): Map<string, (T | undefined)[]> {
  const moments = characters.map((character) => new Map(thingsOf(character).map((thing) => [keyOf(thing), thing])));
  const keys = new Set(moments.flatMap((moment) => [...moment.keys()]));
  return new Map([...keys].map((key) => [key, [...new Set(moments.map((moment) => moment.get(key)))]]));
}

function unknownSource(kind: string, listed: Map<string, Rows>, known: ReadonlySet<string>): string | undefined {
  const foreign = [...listed.keys()].find((source) => {
    const [listedKind, id = ''] = source.split(':');
    return listedKind === kind && !known.has(id);
  });
  return foreign === undefined ? undefined : `${foreign} did not exist in the window`;
}

function assetKey({ assetId }: Asset): string {
  return String(assetId);
}

/** Buffs are held per source and stat type. */
function byStat(buff: Buff): Buff[] {
  return buff.changes.map((change) => ({ ...buff, changes: [change] }));
}

function statKey({ sourceId, changes }: Buff): string {
  return `${sourceId}/${changes[0]?.type ?? ''}`;
}

/** The variant of one stat of a buff whose effect is what the rows say about the stats that it touches; undefined: absent. */
function fittingBuff(
  options: readonly (Buff | undefined)[],
  skills: readonly LearntSkill[],
  rows: Rows,
  format: Format,
): Buff | undefined | 'none' {
  const effects = options.flatMap((buff): { readonly buff: Buff | undefined; readonly effect: Effect }[] => {
    if (buff === undefined) return [{ buff, effect: effectOf({}) }];
    const owners = [[], ...skills.map((skill) => [skill])];
    return owners.map((own) => ({ buff, effect: effectOf({ buffs: [buff], skills: own }, format) }));
  });
  const touched = STATS.filter((stat) => effects.some(({ effect }) => effect[stat] !== BARE));
  const found = effects.find(({ effect }) => touched.every((stat) => totalOf(stat, BARE, [rows]) === effect[stat]));
  return found === undefined ? 'none' : found.buff;
}
