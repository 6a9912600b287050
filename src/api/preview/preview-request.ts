import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { ItemToTry, Trial } from '../../answers/preview.ts';
import { ATTRIBUTES } from '../../answers/stats-document.ts';
import { STATS, type StatRow } from '../../domain/stat.ts';
import { bodyProblem, type FieldProblem } from '../field-problem.ts';
import { schemaProblems } from '../schema-problems.ts';
import { inSchemaWords } from '../vocabulary.ts';
import { PreviewRequest } from './preview-schema.ts';

type Request = Static<typeof PreviewRequest>;
type RequestedItem = NonNullable<Request['putOn']>[number];

const NOTHING: Trial = { takeOff: [], putOn: [], addBuffs: [], removeBuffs: [], base: {} };

/** Reads the body of a preview, or says what is wrong with each of its fields; the trial is empty then. */
export function readPreviewRequest(text: unknown): {
  readonly trial: Trial;
  readonly problems: readonly FieldProblem[];
} {
  const body = typeof text === 'string' ? inSchemaWords(parse(text)) : undefined;
  if (body === undefined) return { trial: NOTHING, problems: [bodyProblem('', 'a JSON object', text)] };
  if (!Value.Check(PreviewRequest, body)) return { trial: NOTHING, problems: schemaProblems(PreviewRequest, body) };
  const problems = (body.putOn ?? []).flatMap(itemProblems);
  if (problems.length > 0) return { trial: NOTHING, problems };
  const trial = {
    takeOff: body.takeOff ?? [],
    putOn: (body.putOn ?? []).map(itemOf),
    addBuffs: body.addBuffs ?? [],
    removeBuffs: body.removeBuffs ?? [],
    base: baseFrom(body.base ?? {}),
  };
  return { trial, problems };
}

/** undefined: not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the schema cannot say: which fields go together. */
function itemProblems({ assetId, templateId, slot, stats }: RequestedItem, index: number): FieldProblem[] {
  const at = `/putOn/${index}`;
  if (assetId !== undefined) {
    const beside = [
      ['templateId', templateId],
      ['stats', stats],
    ] as const;
    return beside.flatMap(([name, value]) =>
      value === undefined ? [] : [bodyProblem(`${at}/${name}`, 'nothing beside assetId', value)],
    );
  }
  if (templateId !== undefined) return [];
  if (stats === undefined) return [bodyProblem(at, 'assetId, templateId, or stats with slot', { slot })];
  return slot === undefined ? [bodyProblem(`${at}/slot`, 'a slot for stats without a template', slot)] : [];
}

function itemOf({ assetId, templateId, slot, stats }: RequestedItem): ItemToTry {
  return { assetId, templateId, slot, stats: stats && statsOf(stats) };
}

function statsOf(stats: NonNullable<RequestedItem['stats']>): StatRow {
  return Object.fromEntries(STATS.map((stat) => [stat, stats[ATTRIBUTES[stat]] ?? 0]));
}

function baseFrom({ maxHP, maxMP, jobId, ...sameNames }: NonNullable<Request['base']>): Trial['base'] {
  return {
    ...sameNames,
    ...(maxHP === undefined ? {} : { max_hp: maxHP }),
    ...(maxMP === undefined ? {} : { max_mp: maxMP }),
    ...(jobId === undefined ? {} : { job: jobId }),
  };
}
