import type { CharacterView, Moment } from '../domain/character.ts';
import { calculationInput, type EffectiveOptions, nextLapseAt } from '../domain/effective.ts';
import type { EventContext } from '../domain/event.ts';
import { DEGRADABLE, type Degradable, hasBase, isFirstLoadPending, isFresh } from '../domain/freshness.ts';
import { PARTS } from '../domain/part.ts';
import type { EffectiveStats, Ruleset } from '../domain/ruleset.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import { settledWithin } from '../lib/settled-within.ts';
import type { StateStore } from '../state/store.ts';
import type { Upstream } from '../upstream/port.ts';
import type { Refresher } from './refresher.ts';
import type { StatsRead, StatsReader } from './stats-reader.ts';

export interface ReaderOptions extends EffectiveOptions {
  readonly store: StateStore;
  readonly refresher: Refresher;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly rulesetOf: (tenant: Tenant) => Ruleset;
  readonly isFeedCurrent: () => boolean;
  readonly encode: (characterId: CharacterId, stats: EffectiveStats, degraded: readonly Degradable[]) => string;
  /** READ_WAIT in ms: how long a read waits for parts that were never loaded. */
  readonly readWait: number;
}

/** How long a read waits for a re-read while the feed is not current (architecture §3 rule 8). */
const FEED_WAIT_MS = 250;

/** An answer and everything on which it depends; valid while none of that has moved. */
interface Memo {
  readonly version: number;
  readonly revision: number;
  readonly staleParts: number;
  /** Epoch ms between which it holds: from its calculation to the next lapse of a buff. */
  readonly from: number;
  readonly until: number;
  readonly answer: StatsRead;
}

const UNAVAILABLE: StatsRead = { kind: 'unavailable' };
const UNKNOWN: StatsRead = { kind: 'unknown' };

/** Answers reads from the state: computed and encoded at the first read after a change, kept until the next one. */
export function createReader(options: ReaderOptions): StatsReader {
  const { store, refresher, clock } = options;
  const memos = new WeakMap<CharacterView, Memo>();

  function read(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
  ): ReturnType<StatsReader['read']> {
    if (store.find(tenant, characterId) === undefined && refresher.isUnknown(tenant, characterId)) return UNKNOWN;
    const view = store.visit(tenant, characterId, context);
    store.touch(view);
    const moment = readClock();
    if (mustWait(view, moment, moment.mono)) return readAfterLoad(tenant, characterId, context, moment.mono);
    const feedCurrent = options.isFeedCurrent();
    if (!feedCurrent && requestReads(view, moment)) return readAfterReread(view, moment.mono);
    return answer(view, moment, feedCurrent);
  }

  /** Waits for the parts that were never loaded. */
  async function readAfterLoad(
    tenant: Tenant,
    characterId: CharacterId,
    context: EventContext | undefined,
    askedAt: number,
  ): Promise<StatsRead> {
    refresher.wake();
    let view = store.find(tenant, characterId);
    for (let moment = readClock(); view === undefined || mustWait(view, moment, askedAt); moment = readClock()) {
      const left = askedAt + options.readWait - moment.mono;
      if (left <= 0) break;
      await settledWithin(refresher.nextRead(tenant, characterId), waitFor(view, askedAt, left, moment.mono));
      if (refresher.isUnknown(tenant, characterId) && store.find(tenant, characterId) === undefined) return UNKNOWN;
      view = store.visit(tenant, characterId, context);
    }
    return view === undefined ? UNAVAILABLE : answer(view, readClock(), options.isFeedCurrent());
  }

  /** Ms until the wait is over even if no read ends. */
  function waitFor(view: CharacterView | undefined, askedAt: number, left: number, mono: number): number {
    const began = PARTS.map((part) => view?.part(part).firstReadBeganAt ?? askedAt);
    return Math.max(1, Math.min(left, Math.min(...began) + options.readWait - mono));
  }

  /** Without a current feed, what is held may have changed unseen: re-reads, and waits a moment for it (rule 8). */
  async function readAfterReread(view: CharacterView, askedAt: number): Promise<StatsRead> {
    refresher.wake();
    const { tenant, characterId } = view;
    for (let moment = readClock(); !allFresh(view, moment); moment = readClock()) {
      const left = askedAt + FEED_WAIT_MS - moment.mono;
      if (left <= 0) break;
      await settledWithin(refresher.nextRead(tenant, characterId), left);
    }
    const current = store.find(tenant, characterId) ?? view;
    return answer(current, readClock(), options.isFeedCurrent());
  }

  function mustWait(view: CharacterView, moment: Moment, askedAt: number): boolean {
    if (view.part('base').missing && !hasBase(view)) return false;
    return PARTS.some((part) => isFirstLoadPending(view.part(part), moment, askedAt, options.readWait));
  }

  function allFresh(view: CharacterView, moment: Moment): boolean {
    return PARTS.every((part) => isFresh(view.part(part), moment, options.isFeedCurrent()));
  }

  /** Asks for a read of every part that is not fresh; true when there was one. */
  function requestReads(view: CharacterView, moment: Moment): boolean {
    const behind = PARTS.filter((part) => !isFresh(view.part(part), moment, false));
    for (const part of behind) store.request(view.tenant, view.characterId, part, 'reader');
    return behind.length > 0;
  }

  function answer(view: CharacterView, moment: Moment, feedCurrent: boolean): StatsRead {
    if (!hasBase(view)) return view.part('base').missing ? UNKNOWN : UNAVAILABLE;
    const { revision } = options.upstream.staticData(view.tenant);
    const staleParts = staleMask(view, moment, feedCurrent);
    const memo = memos.get(view);
    if (
      memo !== undefined &&
      memo.version === view.version &&
      memo.revision === revision &&
      memo.staleParts === staleParts &&
      moment.now >= memo.from &&
      moment.now < memo.until
    ) {
      return memo.answer;
    }
    return compute(view, moment, staleParts);
  }

  function compute(view: CharacterView, moment: Moment, staleParts: number): StatsRead {
    const data = options.upstream.staticData(view.tenant);
    const input = calculationInput(view, moment, data, options);
    if (input === undefined) return UNAVAILABLE;
    const stats = options.rulesetOf(view.tenant).compute(input);
    const { skillIds, buffSkillIds, templateIds } = stats.missing;
    const lacking = new Set<Degradable>(PARTS.filter((_part, index) => (staleParts & (1 << index)) !== 0));
    if (skillIds.length > 0) lacking.add('passives');
    if (buffSkillIds.length > 0) lacking.add('buffs');
    if (templateIds.length > 0) lacking.add('requirements');
    const degraded = DEGRADABLE.filter((name) => lacking.has(name));
    const answer: StatsRead = { kind: 'answer', body: options.encode(view.characterId, stats, degraded) };
    memos.set(view, {
      version: view.version,
      revision: data.revision,
      staleParts,
      from: moment.now,
      until: nextLapseAt(input.buffs, options.expiryGrace),
      answer,
    });
    return answer;
  }

  function staleMask(view: CharacterView, moment: Moment, feedCurrent: boolean): number {
    let mask = 0;
    for (const [index, part] of PARTS.entries()) {
      if (!isFresh(view.part(part), moment, feedCurrent)) mask |= 1 << index;
    }
    return mask;
  }

  function readClock(): Moment {
    return { now: clock.now(), mono: clock.mono() };
  }

  return { read };
}
