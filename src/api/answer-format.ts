import type { FastifyRequest } from 'fastify';
import { type FieldProblem, queryProblem } from './field-problem.ts';

export const TEXT_TYPE = 'text/plain; charset=utf-8';

const FORMATS = ['json', 'text'] as const;

/** json for programs, text for people at a terminal. */
export type AnswerFormat = (typeof FORMATS)[number];

/** The value of a query parameter; undefined: left out. One that is given twice is a list. */
export function queryValue({ query }: FastifyRequest, name: string): unknown {
  const entries = typeof query === 'object' && query !== null ? Object.entries(query) : [];
  return entries.find(([key]) => key === name)?.[1];
}

/** `?format=`; json when nothing is said. */
export function formatOf(request: FastifyRequest): {
  readonly format: AnswerFormat;
  readonly problems: readonly FieldProblem[];
} {
  const said = queryValue(request, 'format') ?? 'json';
  const format = FORMATS.find((known) => known === said);
  if (format !== undefined) return { format, problems: [] };
  return { format: 'json', problems: [queryProblem('format', FORMATS.join(' or '), String(said))] };
}
