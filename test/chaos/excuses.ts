/**
 * Everything that explains away a difference between an answer and the truth of its moment, each with its reason. What is not
 * excused here is a lie, a refusal, a mismatch or a recovery that took too long, and the run fails. (What is named as degraded
 * is told, not excused: the judge says what it is held to all the same.)
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { BaseValues } from '../../src/domain/stat.ts';
import { SERVICES, type Service } from '../../src/upstream/port.ts';
import type { Who } from '../../world/model.ts';
import type { Arrival, Shipment } from './outbox.ts';
import type { Subject } from './subject.ts';
import { nameOf, type Truth, toldAt } from './truth-history.ts';
import { DEGRADED_BY } from './upstream-faults.ts';

/**
 * A buff counts as long as the buff service lists it, however long its time is up: no clock but its owner's decides
 * (how-state-works, rule 3).
 */
export const WHILE_LISTED = Number.POSITIVE_INFINITY;

/**
 * An answer may be older than what the service could know by so much: 5 s until an unreached end or a failed fetch shows, one
 * more between two looks at it (how-state-works, rule 7), and 2 s for the confirming read (rule 1).
 */
const WINDOW_MS = 8_000;

/** Promised in how-state-works: everything has healed this long after the last fault, a failing service among them. */
export const HEALED_MS = 10_000;

/** A process that has just come up, or back from a pause, has to load everything anew. */
const UP_FOR_MS = 5_000;

/** A process of the twin that is late by so much answers for the character service too late to be read within READ_WAIT. */
const LATE_MS = 500;

/** Until a session that was announced is surely known: outages of the broker last 12 s, and are caught up with soon. */
const MET_AFTER_MS = 25_000;

/** Longer than any trouble of the character service, and than any outage that a record that comes again waits for. */
const RETOLD_MS = 120_000;

const LOOK_EVERY_MS = 50;

export interface ExcusesOptions {
  /** Since when (monotonic ms) no broker answers; Infinity: one does. */
  readonly brokerAwaySince: () => number;
  /** Monotonic ms until which the service failed; Infinity: it does. One that only commits late does not fail. */
  readonly failedUntil: (service: Service) => number;
  /** Asks the twin's own upstream services for something that no misbehaviour concerns. */
  readonly askUpstream: () => Promise<void>;
}

export interface Excuses {
  /** Told of every record on its way to its topic. */
  sent(who: Who, shipment: Shipment, what: 'event' | 'repetition'): void;
  /** Told of every answer with stats, and when it was asked for. */
  answered(subject: Subject, who: Who, startedAt: number, askedAt: number): void;
  /**
   * Which truths an answer may show that was asked for then: news have a way to go ({@link WINDOW_MS}). A truth ends when its
   * end is told, but while no broker answers: then nothing can be told, and the service has to ask by itself.
   */
  mayBeBelieved(askedAt: number): (truth: Truth) => boolean;
  /**
   * What a base that is named as degraded may hold besides what was true once: values of records that came again. A producer
   * whose clock was ahead has dated them after what was read last; until the base is read again, they pass for the truth.
   */
  retold(who: Who): readonly Partial<BaseValues>[];
  /** Whether a 503 is excused: the character service fails, has lately, or the process that asks or answers is not up to it. */
  mayLackBase(subject: Subject): boolean;
  /** Whether the process must hold the character, whose base it has had: then no 503 is excused. */
  mustHaveBase(subject: Subject, who: Who): boolean;
  /** What answers may name as degraded before a fault counts as recovered from: what a service leaves that fails, or has lately. */
  degradable(): ReadonlySet<string>;
  stop(): void;
}

/** What topics have of one session. */
interface Announced {
  readonly created: Arrival[];
  readonly destroyed: Arrival[];
}

export function createExcuses({ brokerAwaySince, failedUntil, askUpstream }: ExcusesOptions): Excuses {
  const retold = new Map<string, { readonly at: number; readonly values: Partial<BaseValues> }[]>();
  const sessions = new Map<string, Map<string, Announced>>();
  /** By replica and character, the start of the process that has answered last, and when it was asked; monotonic ms. */
  const answered = new Map<Subject, Map<string, { readonly startedAt: number; readonly askedAt: number }>>();
  const ownLag = watchOwnLag(askUpstream);

  const isTroubled = (service: Service): boolean => failedUntil(service) + HEALED_MS > performance.now();

  const retell = (name: string, { record, emittedAt }: Shipment): void => {
    const { body } = JSON.parse(record.value.toString());
    if (body?.values === undefined) return;
    const own = (retold.get(name) ?? []).filter(({ at }) => at > emittedAt - RETOLD_MS);
    retold.set(name, [...own, { at: emittedAt, values: body.values }]);
  };

  const announce = (name: string, { record, arrival }: Shipment): void => {
    const { sessionId, type } = JSON.parse(record.value.toString());
    const own = sessions.get(name) ?? new Map<string, Announced>();
    sessions.set(name, own);
    const session = own.get(sessionId) ?? { created: [], destroyed: [] };
    own.set(sessionId, session);
    (type === 'CREATED' ? session.created : session.destroyed).push(arrival);
  };

  /** A session that nobody has ended, nor may have with a later one, and that was announced before this monotonic time. */
  const isSurelyOnline = (name: string, metBefore: number): boolean => {
    const own = [...(sessions.get(name)?.values() ?? [])];
    const lastEnded = own.findLastIndex(({ destroyed }) => destroyed.length > 0);
    return own.slice(lastEnded + 1).some(({ created }) => created.some(({ at }) => at < metBefore));
  };

  return {
    sent(who, shipment, what) {
      const { stream } = shipment.record;
      if (stream === 'session') announce(nameOf(who), shipment);
      if (stream === 'character' && what === 'repetition') retell(nameOf(who), shipment);
    },
    answered(subject, who, startedAt, askedAt) {
      const own = answered.get(subject) ?? new Map();
      answered.set(subject, own);
      own.set(nameOf(who), { startedAt, askedAt });
    },
    mayBeBelieved(askedAt) {
      const blind = brokerAwaySince() < askedAt - WINDOW_MS;
      return (truth) => (blind ? truth.until : toldAt(truth)) >= askedAt - WINDOW_MS;
    },
    retold: (who) => (retold.get(nameOf(who)) ?? []).map(({ values }) => values),
    mayLackBase({ upSince }) {
      return isTroubled('characters') || performance.now() <= Math.max(upSince, ownLag.lateAt) + UP_FOR_MS;
    },
    mustHaveBase(subject, who) {
      const last = answered.get(subject)?.get(nameOf(who));
      if (last === undefined || last.startedAt !== subject.startedAt) return false;
      const metBefore = last.askedAt - MET_AFTER_MS;
      // Sessions of before its start are replayed.
      return subject.startedAt < metBefore && isSurelyOnline(nameOf(who), metBefore);
    },
    degradable: () => new Set(SERVICES.filter(isTroubled).flatMap((service) => DEGRADED_BY[service])),
    stop: ownLag.stop,
  };
}

/**
 * Whether this process, which plays the upstream services as well, has lately been late itself: it asks itself, as a replica
 * would. While a broker starts, its JVM leaves little of two cores for anybody.
 */
function watchOwnLag(ask: () => Promise<void>): {
  /** Monotonic ms; -Infinity: never. */ readonly lateAt: number;
  stop(): void;
} {
  let lateAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  const look = async (): Promise<void> => {
    while (!stopped) {
      const began = performance.now();
      await Promise.all([delay(LOOK_EVERY_MS), ask().catch(() => undefined)]);
      if (performance.now() > began + LOOK_EVERY_MS + LATE_MS) lateAt = performance.now();
    }
  };
  void look();
  return {
    get lateAt() {
      return lateAt;
    },
    stop() {
      stopped = true;
    },
  };
}
