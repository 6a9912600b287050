import type { CharacterView, CharacterWriter, Moment, Priority } from '../domain/character.ts';
import type { CharacterEvent, EventContext } from '../domain/event.ts';
import type { Part } from '../domain/part.ts';
import type { FetchStart } from '../domain/part-state.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Outcome } from '../domain/transitions/outcome.ts';

/** Applies one event to one character: synchronous, pure but for the writer, may run again on a fresh view. */
export type Step = (view: CharacterView, event: CharacterEvent, moment: Moment, writer: CharacterWriter) => Outcome;

/** Any other change of one held character. */
export type Transition<Result> = (view: CharacterView, moment: Moment, writer: CharacterWriter) => Result;

/** A read that is due, handed out to be run now. */
export interface Claim {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  readonly part: Part;
  /** Noted before the first request byte. */
  readonly start: FetchStart;
  readonly context: EventContext | undefined;
  readonly priority: Priority;
  /** The part's event count at the claim. */
  readonly events: number;
}

/** dropped: the character is not held any more, or is a later one of the same id. */
export type MergeOutcome = 'dropped' | 'unchanged' | 'changed' | 'drift';

export interface Population {
  readonly residents: number;
  readonly visitors: number;
  /** Visitors dropped because VISITOR_MAX was reached. */
  readonly visitorsEvicted: number;
}

/**
 * Where character state lives. Key: (tenant, characterId). An implementer owes:
 * - atomicity: what one transition writes becomes visible together, for one character;
 * - order: the events of one character are applied in the order of the batch;
 * - durability before the return: when applyBatch returns or resolves, its effects are in the store;
 * - idempotency is the transitions' business: an implementer may run any of them again on a fresh view.
 */
export interface StateStore {
  applyBatch(events: readonly CharacterEvent[], step: Step): void | Promise<void>;
  /** Runs `merge` (which returns whether values changed) and ends the read, unless the claim is void. */
  mergeSnapshot(claim: Claim, merge: Transition<boolean>): MergeOutcome | Promise<MergeOutcome>;
  /** Ends a read that failed; it is due again at `retryAt` (monotonic ms). */
  failRead(claim: Claim, retryAt: number): void | Promise<void>;
  /** Ends a read of base that found no such character. A visitor goes; any other keeps what it has. */
  missRead(claim: Claim, retryAt: number): void | Promise<void>;
  /** Hands out at most n reads of this part that are due, the most urgent first. */
  claimDue(part: Part, n: number): readonly Claim[] | Promise<readonly Claim[]>;
  /** Monotonic ms at which the next read of this part may be due; Infinity: none is wanted. */
  nextDueAt(part: Part): number;
  /** What is held of the character now, without I/O; undefined when absent. */
  find(tenant: Tenant, characterId: CharacterId): CharacterView | undefined;
  /** Holds the character as a visitor when it is absent, all parts due at a reader's priority. */
  visit(tenant: Tenant, characterId: CharacterId, context: EventContext | undefined): CharacterView;
  /** Asks for a read of the part as soon as its budget allows. No effect when the character is absent. */
  request(tenant: Tenant, characterId: CharacterId, part: Part, priority: Priority): void;
  /** An operator doubts what is held: every part is stale until a read that begins from now on. False: it is not held. */
  doubt(tenant: Tenant, characterId: CharacterId): boolean;
  /** The part's service is back: every failed read of it is due now. */
  retryNow(part: Part): void;
  /**
   * Events may have been missed, the last of them just now: hints at these parts of everything that is held (rule 5). Returns
   * how many characters.
   */
  distrust(parts: readonly Part[]): number;
  /**
   * A partition (`topic/partition`) that was behind is so no longer, or all sessions are replayed (`REPLAY`): reads that wait
   * for it are due. A thousand characters at most; true: there are more.
   */
  caughtUp(partition: string): boolean;
  /** Notes that somebody reads the character, for RESIDENT_IDLE_TTL. */
  touch(view: CharacterView): void;
  /** Lets go whose time is up and notices lapses; to be called about once a second. */
  sweep(): void;
  /** Starts the audit of parts that were last read at or before this monotonic time, n at most. */
  audit(readBefore: number, n: number): void;
  population(): Population;
}
