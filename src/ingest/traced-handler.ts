import type { Tracing } from '../telemetry/tracing.ts';
import { TRACEPARENT_HEADER } from '../wire/record-headers.ts';
import type { BatchHandler, FeedRecord } from './feed.ts';

/** Traces that a batch's span is linked to at most. */
const LINKS_MAX = 32;

/** Makes a span of each batch, linked to the traces of its events; what these cause is in their own traces. */
export function tracedHandler(handle: BatchHandler, tracing: Tracing | undefined): BatchHandler {
  if (tracing === undefined) return handle;
  return async (batch) => {
    const topics = [...new Set(batch.records.map(({ topic }) => topic))];
    const span = tracing.begin({
      kind: 'consumer',
      name: 'apply events',
      parent: undefined,
      links: [...new Set(batch.records.flatMap(traceparentOf))].slice(0, LINKS_MAX),
      attributes: {
        'messaging.system': 'kafka',
        'messaging.destination.name': topics.join(','),
        'messaging.batch.message_count': batch.records.length,
        'effective_stats.behind': batch.behind.size > 0,
      },
    });
    try {
      await handle(batch);
      span.end({});
    } catch (error) {
      span.end({}, error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
}

function traceparentOf({ content }: FeedRecord): string[] {
  return content.headers
    .filter(([name]) => name.equals(TRACEPARENT_HEADER))
    .map(([, value]) => value.toString('latin1'));
}
