import { AppError } from '../lib/app-error.ts';
import { Answer } from './answer.ts';
import { answerOfError } from './error-mapper.ts';

/**
 * What one turn of the event loop may spend on requests, ms: probes and events wait that long for their turn. As long as a
 * read waits for a re-read (how-state-works, rule 7).
 */
const TURN_MAX_MS = 250;
/** What passes between two requests counts this much at most, ms: the rest of it was a collection, a batch or a pause. */
const REQUEST_MAX_MS = 5;
/** Seconds after which the refused come back, by turns: not all at once. Go clients wait for whole seconds. */
const RETRY_AFTER = [1, 2] as const;

/** Refuses costly requests that would make everything else wait. */
export interface Shedding {
  /** The refusal of a costly request that was taken up at this monotonic ms; undefined: it is to be answered. */
  refusal(now: number): Answer | undefined;
  /** Counts a request that is answered in any case, and refuses it never. */
  count(now: number): undefined;
}

export interface SheddingOptions {
  readonly onShed: () => void;
  /** Runs the callback once when the current turn of the event loop has handled what had come in. */
  readonly atEndOfTurn?: (callback: () => void) => void;
}

/**
 * Node handles everything that has arrived on its sockets in one turn, and answers nothing else until then: a turn with
 * thousands of requests is the latency of all of them. So time is counted from request to request, their parsing and writing
 * included, and costly ones that come after the turn has had its share get a 503 that costs next to nothing. A turn that is
 * long for another reason refuses nobody. Why stats are never refused: ADR 6.
 */
export function createShedding({ onShed, atEndOfTurn = setImmediate }: SheddingOptions): Shedding {
  const refusals = RETRY_AFTER.map(refusalAfter);
  let last: number | undefined;
  let spent = 0;
  let shed = 0;

  const beginTurn = (): void => {
    last = undefined;
    spent = 0;
  };

  const count = (now: number): undefined => {
    if (last === undefined) atEndOfTurn(beginTurn);
    else spent += Math.min(now - last, REQUEST_MAX_MS);
    last = now;
  };

  return {
    count,
    refusal(now) {
      count(now);
      if (spent <= TURN_MAX_MS) return undefined;
      onShed();
      shed += 1;
      return refusals[shed % refusals.length];
    },
  };
}

function refusalAfter(seconds: number): Answer {
  const { status, body, headers } = answerOfError(
    new AppError('OVERLOADED', 'one turn of the event loop brought too many requests', { retryable: true }),
  );
  return new Answer(status, body, { ...headers, 'retry-after': String(seconds) });
}
