import type { Clock } from '../src/lib/clock.ts';
import type { HttpUpstreamOptions } from '../src/upstream/http/http-upstream.ts';
import type { Connections } from '../src/upstream/http/service-client.ts';
import { mapServices } from '../src/upstream/port.ts';
import type { RecordedAnswer } from './recording.ts';

/** Below it lies a folder for each service. Nothing is ever sent there. */
const ORIGIN = 'http://recording.invalid';

export const RECORDED_ADDRESSES = mapServices((service) => ({
  url: `${ORIGIN}/${service}/`,
  setBy: 'the recording',
}));

/**
 * Services that answer what they answered: of several answers to one question the last before now. They answer at once and
 * without a network, so that what follows does not hang on how fast this machine is.
 */
export function recordedServices(
  answers: readonly RecordedAnswer[],
  clock: Clock,
): NonNullable<HttpUpstreamOptions['connect']> {
  const byPath = Map.groupBy(answers, ({ path }) => `/${path}`);
  const connections: Connections = {
    dispatch({ path }, handler) {
      const known = byPath.get(path) ?? [];
      const answer = known.findLast(({ at }) => at <= clock.now()) ?? known[0];
      queueMicrotask(() => answerWith(answer, clock, handler));
      return true;
    },
    destroy: async () => undefined,
  };
  return () => connections;
}

type Handler = Parameters<Connections['dispatch']>[1];

function answerWith(answer: RecordedAnswer | undefined, clock: Clock, handler: Handler): void {
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    abort: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
  handler.onRequestStart?.(controller, {});
  if (answer === undefined || answer.status === 0) {
    handler.onResponseError?.(controller, new Error('it did not answer when this was recorded'));
    return;
  }
  const headers = { ...answer.headers, date: new Date(clock.now()).toUTCString() };
  handler.onResponseStart?.(controller, answer.status, headers);
  handler.onResponseData?.(controller, Buffer.from(answer.body));
  handler.onResponseEnd?.(controller, {});
}
