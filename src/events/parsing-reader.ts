import { isUtf8 } from 'node:buffer';
import { invalidField, isObject, type Json } from '../wire/go-json.ts';
import { Undecodable } from '../wire/undecodable.ts';
import { decodeAsset } from './asset.ts';
import { decodeBuff } from './buff.ts';
import { decodeCharacter } from './character.ts';
import type { Decoded } from './decoded.ts';
import type { RecordOrigin } from './origin.ts';
import { decodeSession } from './session.ts';
import { decodeSkill } from './skill.ts';
import type { Stream } from './stream.ts';

const DECODE_STREAM = {
  session: decodeSession,
  buff: decodeBuff,
  asset: decodeAsset,
  character: decodeCharacter,
  skill: decodeSkill,
} as const satisfies Record<Stream, (envelope: Json, origin: RecordOrigin) => Decoded>;

/** Reads an event from a value in any form that is JSON. @throws Undecodable */
export function readParsed(stream: Stream, value: Buffer, origin: RecordOrigin): Decoded {
  return DECODE_STREAM[stream](parse(value), origin);
}

/** As much as a broker takes by its own settings. To parse what a compressed batch may grow to would hold up everything else. */
const VALUE_MAX_BYTES = 1_048_576;

function parse(value: Buffer): Json {
  if (value.length > VALUE_MAX_BYTES) {
    throw new Undecodable('oversized-value', `value: expected ${VALUE_MAX_BYTES} bytes at most, got ${value.length}`);
  }
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
