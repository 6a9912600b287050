import { type Literal, literal } from '../wire/literal.ts';
import type { RecordContent } from '../wire/record-content.ts';
import { HEADER, RecordHeaders } from '../wire/record-headers.ts';
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
  /** Its value is UTF-8 JSON, or a tombstone where there is none. */
  readonly content: RecordContent;
}

export interface Decoder {
  /**
   * Reads one record (docs/reference/events.md), in either format. Never throws, and keeps no view of its bytes.
   * `behind` names its partition while that is behind; `replayed` tells that it is of the past (feed). `inHaste`: of events about
   * nobody who is held no more is read than has to be.
   */
  decode(record: EncodedEvent, behind: string | undefined, replayed?: boolean, inHaste?: boolean): Decoded;
}

export interface DecoderOptions {
  /** ATLAS_ENVIRONMENT: events that name another one are skipped; unset: none is. */
  readonly environment?: string;
  /** Whose events are wanted; unset: everybody's. Others' are not built, where their bytes have Go's form. */
  readonly isConcerned?: IsConcerned;
  /** Told of what was thrown through no fault of the record, which is a dead letter all the same; the stream goes on. */
  readonly onDefect?: (error: unknown) => void;
}

const EMPTY = Buffer.alloc(0);

const DEFECT: Dead = {
  type: 'dead',
  reason: 'defect',
  detail: 'defect: this service could not read it; its log says why',
};

export function createDecoder({ environment, isConcerned = () => true, onDefect }: DecoderOptions): Decoder {
  const own = environment === undefined ? undefined : literal(environment);
  const tenantOf = createTenantReader();
  const readStraight = createStraightReader(isConcerned);
  const headers = new RecordHeaders();

  return {
    decode(record, behind, replayed = false, inHaste = false) {
      const { stream, timestamp, content } = record;
      try {
        if (content.valueFrom < 0) return SKIP.tombstone;
        headers.read(content);
        if (own !== undefined && namesAnother(headers, own)) return SKIP.otherEnvironment;
        const tenant = tenantOf(headers);
        const origin = { tenant, headers, timestamp, behind, replayed };
        return readStraight(stream, content, origin, inHaste) ?? readParsed(stream, content.value ?? EMPTY, origin);
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
function namesAnother(headers: RecordHeaders, own: Literal): boolean {
  return headers.lengthOf(HEADER.environment) > 0 && !headers.is(HEADER.environment, own);
}
