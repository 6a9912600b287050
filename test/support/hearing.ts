import type { CharacterEvent } from '../../src/domain/event.ts';
import { type Heard, type HearingContext, type PartState, unloaded } from '../../src/domain/part-state.ts';
import { type EventSketch, TENANT } from './state-bench.ts';

/** Epoch ms, and monotonic ms, at which specs of single parts hear an event. */
export const NOW = Date.UTC(2026, 0, 1);
export const HEARD_AT = 1_000_000;

/** Long enough before {@link HEARD_AT} that the read's allowances play no part. */
const READ_AT = HEARD_AT - 60_000;

type EventOf<Type> = Extract<CharacterEvent, { readonly type: Type }>;

/** An event about character 12 whose record time is {@link NOW}, unless given. */
export function eventOf<Type extends CharacterEvent['type']>(
  sketch: Extract<EventSketch, { readonly type: Type }> & { readonly type: Type },
): EventOf<Type> {
  const common = {
    tenant: TENANT,
    characterId: 12,
    recordTime: NOW,
    context: undefined,
    backlog: undefined,
    replayed: false,
  };
  return { ...common, ...sketch } as unknown as EventOf<Type>;
}

/** No read is wanted or under way, and the owner's clock is ours. */
export function hearing(patch: Partial<HearingContext> = {}): HearingContext {
  return { now: NOW, mono: HEARD_AT, takenAt: HEARD_AT, ownerNow: NOW, quiet: true, readingSince: undefined, ...patch };
}

/** Settled, a minute ago unless given. */
export function readPart<Value, Fact extends Heard>(
  read: Value,
  patch: Partial<PartState<Value, Fact>> = {},
): PartState<Value, Fact> {
  return { ...unloaded<Value, Fact>(undefined), read, began: READ_AT, ...patch };
}
