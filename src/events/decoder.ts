import { type Headers, type RecordHeaders, readHeaders } from '../wire/record-headers.ts';
import { createTenantReader } from '../wire/record-tenants.ts';
import { Undecodable } from '../wire/undecodable.ts';
import { type Dead, type Decoded, SKIP } from './decoded.ts';
import { readParsed } from './parsing-reader.ts';
import { createStraightReader, type IsConcerned } from './straight-reader.ts';
import type { Stream } from './stream.ts';

/** The part of a record that decoding reads. */
export interface EncodedEvent {
  readonly stream: Stream;
  /** Kafka record time, epoch ms. */
  readonly timestamp: number;
  readonly headers: Headers;
  /** UTF-8 JSON; null: a tombstone. */
  readonly value: Buffer | null;
}

export interface Decoder {
  /**
   * Reads one record (docs/reference/events.md), in either format. Never throws, and keeps no view of its bytes.
   * `behind` names its partition while that is behind; `replayed` tells that it is of the past (feed).
   */
  decode(record: EncodedEvent, behind: string | undefined, replayed?: boolean): Decoded;
}

export interface DecoderOptions {
  /** ATLAS_ENVIRONMENT: events that name another one are skipped; unset: none is. */
  readonly environment?: string;
  /** Whose events are wanted; unset: everybody's. Others' are not built, where their bytes have Go's form. */
  readonly isConcerned?: IsConcerned;
  /** Told of what was thrown through no fault of the record, which is a dead letter all the same; the stream goes on. */
  readonly onDefect?: (error: unknown) => void;
}

const DEFECT: Dead = {
  type: 'dead',
  reason: 'defect',
  detail: 'defect: this service could not read it; its log says why',
};

export function createDecoder({ environment, isConcerned = () => true, onDefect }: DecoderOptions): Decoder {
  const own = environment === undefined ? undefined : Buffer.from(environment);
  const tenantOf = createTenantReader();
  const readStraight = createStraightReader(isConcerned);

  return {
    decode(record, behind, replayed = false) {
      const { stream, timestamp, value } = record;
      if (value === null) return SKIP.tombstone;
      try {
        const headers = readHeaders(record.headers);
        if (own !== undefined && namesAnother(headers, own)) return SKIP.otherEnvironment;
        const tenant = tenantOf(headers);
        const origin = { tenant, headers, timestamp, behind, replayed };
        return readStraight(stream, value, origin) ?? readParsed(stream, value, origin);
      } catch (error) {
        if (error instanceof Undecodable) return deadOf(error);
        onDefect?.(error);
        return DEFECT;
      }
    },
  };
}

function deadOf({ reason, message }: Undecodable): Dead {
  return { type: 'dead', reason, detail: `${reason}: ${message}` };
}

/** An empty header names none. */
function namesAnother({ environment }: RecordHeaders, own: Buffer): boolean {
  return environment !== undefined && environment.length > 0 && !environment.equals(own);
}
