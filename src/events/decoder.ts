import { isUtf8 } from 'node:buffer';
import type { Part } from '../domain/part.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { invalidField, isObject, type Json } from '../wire/go-json.ts';
import { type Headers, type RecordHeaders, readHeaders } from '../wire/record-headers.ts';
import { createTenantReader } from '../wire/record-tenants.ts';
import { Undecodable } from '../wire/undecodable.ts';
import { decodeAsset } from './asset.ts';
import { decodeBuff } from './buff.ts';
import { decodeCharacter } from './character.ts';
import { glanceCharacterId } from './character-glance.ts';
import { type Dead, type Decoded, SKIP } from './decoded.ts';
import type { Origin } from './origin.ts';
import { decodeSession } from './session.ts';
import { decodeSkill } from './skill.ts';
import { PART_OF_STREAM, type Stream } from './stream.ts';

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

const DECODE_STREAM = {
  session: decodeSession,
  buff: decodeBuff,
  asset: decodeAsset,
  character: decodeCharacter,
  skill: decodeSkill,
} as const satisfies Record<Stream, (envelope: Json, origin: Origin) => Decoded>;

export interface DecoderOptions {
  /** ATLAS_ENVIRONMENT: events that name another one are skipped; unset: none is. */
  readonly environment?: string;
  /** Whose events are wanted; unset: everybody's. Others are passed over after a glance at their bytes, where these tell. */
  readonly isConcerned?: (tenant: Tenant, characterId: CharacterId, part: Part | undefined) => boolean;
  /** Told of what was thrown through no fault of the record, which is a dead letter all the same; the stream goes on. */
  readonly onDefect?: (error: unknown) => void;
}

const DEFECT: Dead = {
  type: 'dead',
  reason: 'defect',
  detail: 'defect: this service could not read it; its log says why',
};

export function createDecoder({ environment, isConcerned, onDefect }: DecoderOptions): Decoder {
  const own = environment === undefined ? undefined : Buffer.from(environment);
  const tenantOf = createTenantReader();

  return {
    decode(record, behind, replayed = false) {
      const { stream, timestamp, value } = record;
      if (value === null) return SKIP.tombstone;
      try {
        const headers = readHeaders(record.headers);
        if (own !== undefined && namesAnother(headers, own)) return SKIP.otherEnvironment;
        const tenant = tenantOf(headers);
        if (isConcerned !== undefined) {
          const characterId = glanceCharacterId(value);
          if (characterId !== undefined && !isConcerned(tenant, characterId, PART_OF_STREAM[stream]))
            return SKIP.otherShard;
        }
        const origin = { tenant, headers, timestamp, behind, replayed };
        return DECODE_STREAM[stream](parse(value), origin);
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

function parse(value: Buffer): Json {
  if (!isUtf8(value)) throw new Undecodable('invalid-utf8', 'value: expected UTF-8, got other bytes');
  const envelope = parseJson(value.toString());
  if (!isObject(envelope)) throw invalidField('value', 'an object', envelope);
  return envelope;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the value.
    throw new Undecodable('invalid-json', `value: expected JSON, got ${text.length} other characters`);
  }
}
