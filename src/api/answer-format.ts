import type { FastifyRequest } from 'fastify';
import type { ParameterReader } from './query.ts';

export const TEXT_TYPE = 'text/plain; charset=utf-8';

const FORMATS = ['json', 'text'] as const;

/** json for programs, text for people at a terminal. */
export type AnswerFormat = (typeof FORMATS)[number];

/** `?format=` */
export const formatParameter: ParameterReader<AnswerFormat> = (text) => {
  const value = FORMATS.find((known) => known === text);
  return value === undefined ? { expected: FORMATS.join(' or ') } : { value };
};

/** What the header Accept prefers (RFC 9110 §12.5.1); json when it says nothing, or does not care. */
export function acceptedFormat({ headers }: FastifyRequest): AnswerFormat {
  const ranges = (headers.accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  /** The most specific range decides; its rank breaks ties. */
  const wish = (types: readonly string[]) => {
    for (const [rank, type] of types.entries()) {
      const range = ranges.find((each) => each.type === type);
      if (range !== undefined) return { quality: range.quality, rank: -rank };
    }
    return { quality: 0, rank: -types.length };
  };
  const text = wish(['text/plain', 'text/*', '*/*']);
  const json = wish(['application/json', 'application/*', '*/*']);
  return text.quality > json.quality || (text.quality === json.quality && text.rank > json.rank && text.quality > 0)
    ? 'text'
    : 'json';
}
