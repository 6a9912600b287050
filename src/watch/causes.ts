import type { CharacterEvent } from '../domain/event.ts';
import type { Claim } from '../refresh/read-queue.ts';
import type { ChangeCause } from './change.ts';

export function eventCause({ type, recordTime }: Pick<CharacterEvent, 'type' | 'recordTime'>): ChangeCause {
  return { kind: 'event', type, recordTime };
}

export function readCause({ part, priority }: Pick<Claim, 'part' | 'priority'>): ChangeCause {
  return { kind: priority === 'audit' ? 'audit' : 'read', part };
}
