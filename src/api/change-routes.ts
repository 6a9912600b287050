import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../lib/app-error.ts';
import { printableJson } from '../lib/printable.ts';
import type { Names } from '../upstream/names.ts';
import type { Change, ChangeCause, ChangeFilter } from '../watch/change.ts';
import type { ChangeLog } from '../watch/change-log.ts';
import { okDocument } from './answer.ts';
import { CHARACTER_URL, type CharacterRequestReader } from './character-request.ts';
import type { Handler } from './handling.ts';
import { knownNames } from './naming.ts';
import { integerParameter, readQuery } from './query.ts';
import { ROLL_URL } from './roll-routes.ts';
import type { TenantRequestReader } from './tenant-request.ts';
import { timeText } from './time-text.ts';

export const HISTORY_URL = `${CHARACTER_URL}/changes`;
export const CHANGES_URL = `${ROLL_URL}/changes`;

/** Bytes that may wait for a reader; beyond, it misses changes and is told how many. */
const BACKLOG_MAX = 65_536;
/** Idle connections are cut by proxies, and by us. */
const HEARTBEAT_MS = 15_000;

/** The last changes of one character, from the moment on that somebody first asked for them. */
export function createHistoryHandler(
  changes: Pick<ChangeLog, 'history'>,
  documents: ChangeDocuments,
  requestOf: CharacterRequestReader,
): Handler {
  return (request) => {
    const { tenant, characterId } = requestOf(request);
    const history = changes.history(tenant, characterId);
    const attributes = { since: timeText(history.since), changes: history.changes.map(documents.of) };
    return okDocument({ data: { type: 'effective-stats-changes', id: String(characterId), attributes } });
  };
}

export interface ChangeDocuments {
  of(change: Change): object;
  /** The id of a change in a stream; `run` tells this process's numbers from another's. */
  idOf(number: number): string;
  /** The number of an id of this process; undefined: another's, or none. */
  numberOf(id: string): number | undefined;
}

/** `run`: any text without a dash that no other process has. */
export function createChangeDocuments(names: Pick<Names, 'of' | 'ensure'>, run: string): ChangeDocuments {
  const idOf = (number: number): string => `${run}-${number}`;
  return {
    idOf,
    numberOf(id) {
      const [itsRun, number = ''] = id.split('-', 2);
      return itsRun === run && /^\d{1,15}$/.test(number) ? Number(number) : undefined;
    },
    of({ number, at, tenant, characterId, worldId, cause, merged, moves, degraded }) {
      // Not waited for: the next change of the character has its name.
      void names.ensure({ tenant, context: undefined }, { character: [characterId] }, 0);
      return {
        id: idOf(number),
        at: timeText(at),
        characterId,
        name: knownNames(names, tenant)('character', characterId),
        worldId,
        cause: causeOf(cause),
        merged,
        stats: moves.map(({ stat, from, to }) => ({ statType: stat, from, to })),
        degraded,
      };
    },
  };
}

function causeOf(cause: ChangeCause): object {
  return cause.kind === 'event' ? { ...cause, recordTime: timeText(cause.recordTime) } : cause;
}

/** Writes a stream to a response until its reader goes, or the service does. */
export type StreamWriter = (request: FastifyRequest, response: ServerResponse) => void;

export interface ChangeStreams {
  readonly stream: StreamWriter;
  /** Ends all of them, and opens no more. */
  end(): void;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies of the nginx kind would hold the stream back.
  'x-accel-buffering': 'no',
};

const PARAMETERS = { world: integerParameter(0, 255), character: integerParameter(0, 4_294_967_295) };

/** Server-Sent Events: changes as they come. */
export function createChangeStreams(
  changes: Pick<ChangeLog, 'subscribe' | 'after'>,
  documents: ChangeDocuments,
  requestOf: TenantRequestReader,
): ChangeStreams {
  /** What ends each of them. */
  const open = new Map<ServerResponse, () => void>();
  let isEnding = false;

  /** What a reader who was cut off missed, as far as it is kept. */
  function resume(filter: ChangeFilter, lastId: unknown, write: (change: Change) => void, missed: () => void): void {
    if (typeof lastId !== 'string' || lastId === '') return;
    const number = documents.numberOf(lastId);
    const { changes: later, complete } = changes.after(number ?? 0, filter);
    if (number === undefined || !complete) missed();
    for (const change of later) write(change);
  }

  return {
    end() {
      isEnding = true;
      for (const [response, leave] of open) {
        leave();
        response.end();
      }
    },
    stream(request, response) {
      // One that is opened now would hold up the stop until its deadline, and nobody would end it.
      if (isEnding) throw new AppError('NOT_READY', 'The service is stopping.', { retryable: true });
      const { values, problems } = readQuery(request, PARAMETERS);
      const { tenant } = requestOf(request, problems);
      const filter = { tenant, worldId: values.world, characterId: values.character };
      let missed = 0;
      const tellMissed = (count: number | null): void => {
        response.write(`event: missed\ndata: ${JSON.stringify({ missed: count })}\n\n`);
      };
      const write = (change: Change): void => {
        // Whoever is cut off resumes after the last id: none may come before it is told what is missing before that.
        if (missed > 0 || response.writableLength > BACKLOG_MAX) {
          missed += 1;
          return;
        }
        const data = printableJson(JSON.stringify(documents.of(change)));
        response.write(`id: ${documents.idOf(change.number)}\nevent: change\ndata: ${data}\n\n`);
      };
      if (request.method === 'HEAD') {
        response.writeHead(200, HEADERS).end();
        return;
      }
      const subscription = changes.subscribe(filter, write);
      if (subscription === undefined) {
        throw new AppError('OVERLOADED', 'too many streams of changes are open', { retryable: true });
      }
      response.writeHead(200, HEADERS);
      response.write('retry: 1000\n\n');
      resume(filter, request.raw.headers['last-event-id'], write, () => tellMissed(null));
      response.on('drain', () => {
        if (missed > 0) tellMissed(missed);
        missed = 0;
      });
      const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
      const leave = (): void => {
        clearInterval(heartbeat);
        subscription.end();
        open.delete(response);
      };
      open.set(response, leave);
      response.on('close', leave);
    },
  };
}
