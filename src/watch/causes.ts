import type { CharacterEvent } from '../domain/event.ts';
import type { Claim } from '../refresh/read-queue.ts';
import type { ChangeCause } from './change.ts';

/** Where an event lay. */
interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export function eventCause(
  { type, recordTime }: Pick<CharacterEvent, 'type' | 'recordTime'>,
  { topic, partition, offset }: Origin,
): ChangeCause {
  return { kind: 'event', type, recordTime, topic, partition, offset };
}

export function readCause({ part, priority }: Pick<Claim, 'part' | 'priority'>): ChangeCause {
  return { kind: priority === 'audit' ? 'audit' : 'read', part };
}
