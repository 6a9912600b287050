import type { Stream } from '../src/events/stream.ts';
import { Failure } from './command.ts';

/*
 * The file of `record` and `replay`: one JSON object a line, in the order of time. What was heard, what the upstream services
 * answered, and what came of it, for some characters of one tenant. Times are epoch ms.
 */

/** The first line. */
export interface RecordingHead {
  readonly kind: 'recording';
  readonly format: 1;
  /** Of the package that recorded. */
  readonly version: string;
  readonly at: number;
  /** `<UUID>/<region>/<major>.<minor>` */
  readonly tenant: string;
  readonly characters: readonly number[];
  /** Variables that decide what numbers come out. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface RecordedEvent {
  readonly kind: 'event';
  readonly at: number;
  readonly stream: Stream;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  /** Name, and value in base64. */
  readonly headers: readonly (readonly [string, string])[];
  readonly value: unknown;
}

export interface RecordedAnswer {
  readonly kind: 'answer';
  /** When it was asked for. */
  readonly at: number;
  /** Service, path and query: `buffs/characters/12/buffs?…` */
  readonly path: string;
  /** 0: there was none. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What was answered for a character at the end. */
export interface RecordedStats {
  readonly kind: 'stats';
  readonly at: number;
  /** recorder: by what recorded. service: by the running installation. */
  readonly by: 'recorder' | 'service';
  readonly characterId: number;
  /** By attribute. */
  readonly stats: Readonly<Record<string, number>>;
}

export type RecordingLine = RecordingHead | RecordedEvent | RecordedAnswer | RecordedStats;

/** How often who is recorded is asked for, ms: so that nobody is forgotten meanwhile. */
export const ASK_MS = 2_000;

/** Variables of {@link RecordingHead.settings}. */
export const SETTINGS = ['RULESET', 'RULESET_OVERRIDES', 'EQUIPMENT_REQUIREMENTS', 'BUFF_EXPIRY_GRACE'] as const;

export interface Recording {
  readonly head: RecordingHead;
  readonly events: readonly RecordedEvent[];
  readonly answers: readonly RecordedAnswer[];
  readonly stats: readonly RecordedStats[];
}

/** @throws Failure when it is no recording */
export function readRecording(file: string, text: string): Recording {
  const lines = text.split('\n').flatMap((line, index): RecordingLine[] => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line)];
    } catch {
      throw new Failure(`${file}:${index + 1} is not JSON`);
    }
  });
  const [head] = lines;
  if (head?.kind !== 'recording' || head.format !== 1) throw new Failure(`${file} is no recording of format 1`);
  return {
    head,
    events: lines.filter((line) => line.kind === 'event'),
    answers: lines.filter((line) => line.kind === 'answer'),
    stats: lines.filter((line) => line.kind === 'stats'),
  };
}

/** The numbers of a stats answer. */
export function numbersIn(body: string): Record<string, number> {
  const { attributes } = (JSON.parse(body) as { data: { attributes: Record<string, unknown> } }).data;
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
