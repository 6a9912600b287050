import type { BuffChange } from '../src/domain/event.ts';
import { compareInstants, type Instant } from '../src/domain/instant.ts';
import type { ActionContext } from './context.ts';
import { formatInstant } from './go-time.ts';
import type { Buff, Character, Format, Who } from './model.ts';
import { CONSUMABLES, SKILL_TEMPLATES } from './skill-templates.ts';

/** What an application of a buff says. */
export interface BuffApplication {
  /** Skill id, or the negative id of a consumed item. */
  readonly sourceId: number;
  readonly level: number;
  /** Ms; 0: never expires. */
  readonly duration: number;
  readonly changes: readonly BuffChange[];
  /** Who cast it; the wearer itself when left out. */
  readonly fromId?: number;
}

/** Buffs come, change and end. Truth first, then the announcement. */
export interface BuffActions {
  /** Replaces what the source grants so far. Applying a source again is the same. */
  applyBuff(who: Who, application: BuffApplication): void;
  /** Casts a skill that the caster has learnt, on the target or on itself. Does nothing for skills that are no buffs. */
  cast(caster: Who, skillId: number, target?: Who): void;
  /** Eats or drinks one of {@link CONSUMABLES}. Does nothing for other items. */
  consume(who: Who, itemId: number): void;
  /** Adds each change as a buff of its own under the source; only the same stat type is replaced. */
  accumulateBuff(who: Who, application: BuffApplication): void;
  /**
   * Sets values of a source without touching its times (STAT_UPDATED); a source that is not held begins, without expiry.
   * Format S knows no such thing and applies the source again.
   */
  updateBuff(who: Who, sourceId: number, level: number, changes: readonly BuffChange[]): void;
  /** Ends a source; with `statTypes` only those of its buffs that touch one of them. */
  expireBuff(who: Who, sourceId: number, statTypes?: readonly string[]): void;
  /** Ends everything. */
  expireAllBuffs(who: Who): void;
  /** Ends and announces what has lapsed, of everyone; the buff service does this every 10 s. */
  sweepBuffs(): void;
}

/** Go reads the clock twice for one buff, and the second reading is a little later. */
const SECOND_READING_NS = 50;

export function createBuffActions(context: ActionContext): BuffActions {
  const { history, prng, producer, format } = context;
  let newest: Instant = { ms: 0, ns: 0 };

  const creation = (): Instant => {
    const ms = Math.floor(context.clock.now());
    const drawn = { ms, ns: prng.between(0, 500_000) };
    // Two buffs of one millisecond differ in their nanoseconds, in the order in which they came.
    newest = ms === newest.ms && compareInstants(drawn, newest) <= 0 ? { ms, ns: newest.ns + 1 } : drawn;
    return newest;
  };

  const announce = (character: Character, type: string, body: object): void =>
    producer.send('buff', character.tenant, character.characterId, {
      worldId: character.worldId,
      characterId: character.characterId,
      type,
      body,
    });

  const begin = (who: Who, application: BuffApplication, keeps: (held: Buff) => boolean): void => {
    const character = history.get(who);
    const buff = buffOf(application, creation(), prng.uuid());
    history.commit({ ...character, everBuffed: true, buffs: [...character.buffs.filter(keeps), buff] });
    announce(character, 'APPLIED', { fromId: application.fromId ?? who.characterId, ...eventBody(buff, format) });
  };

  const end = (who: Who, ends: (held: Buff) => boolean): void => {
    const character = history.get(who);
    const ended = character.buffs.filter(ends);
    if (ended.length === 0) return;
    history.commit({ ...character, buffs: character.buffs.filter((buff) => !ends(buff)) });
    for (const buff of ended) announce(character, 'EXPIRED', eventBody(buff, format));
  };

  const applyBuff = (who: Who, application: BuffApplication): void =>
    begin(who, application, (held) => held.sourceId !== application.sourceId);

  const accumulateBuff = (who: Who, application: BuffApplication): void => {
    for (const change of application.changes) {
      begin(
        who,
        { ...application, changes: [change] },
        (held) => held.sourceId !== application.sourceId || !touches(held, [change.type]),
      );
    }
  };

  return {
    applyBuff,
    accumulateBuff,
    cast(caster, skillId, target = caster) {
      const level = history.get(caster).skills.find((skill) => skill.skillId === skillId)?.level;
      const buff = SKILL_TEMPLATES.get(skillId)?.buff;
      if (level === undefined || buff === undefined) return;
      const application = {
        sourceId: skillId,
        level,
        duration: buff.duration(level),
        changes: buff.changes(level),
        fromId: caster.characterId,
      };
      if (!buff.accumulates) return applyBuff(target, application);
      const change = prng.pick(application.changes);
      if (change !== undefined) accumulateBuff(target, { ...application, changes: [change] });
    },
    consume(who, itemId) {
      const item = CONSUMABLES.find((consumable) => consumable.itemId === itemId);
      if (item === undefined) return;
      applyBuff(who, { sourceId: -itemId, level: 0, duration: item.duration, changes: [item.change] });
    },
    updateBuff(who, sourceId, level, changes) {
      const character = history.get(who);
      const held = character.buffs.find((buff) => buff.sourceId === sourceId);
      if (held === undefined || format === 'S') return applyBuff(who, { sourceId, level, duration: 0, changes });
      const updated = { ...held, changes };
      history.commit({ ...character, buffs: character.buffs.map((buff) => (buff === held ? updated : buff)) });
      announce(character, 'STAT_UPDATED', { ...eventBody(updated, format), noExpiry: undefined });
    },
    expireBuff: (who, sourceId, statTypes) =>
      end(who, (held) => held.sourceId === sourceId && (statTypes === undefined || touches(held, statTypes))),
    expireAllBuffs: (who) => end(who, () => true),
    sweepBuffs() {
      const now = context.clock.now();
      for (const character of history.characters()) {
        end(character, ({ expiresAt }) => expiresAt !== undefined && expiresAt.ms <= now);
      }
    },
  };
}

function touches(buff: Buff, statTypes: readonly string[]): boolean {
  return buff.changes.some((change) => statTypes.includes(change.type));
}

function buffOf({ sourceId, level, duration, changes }: BuffApplication, createdAt: Instant, id: string): Buff {
  const expiresAt = duration === 0 ? undefined : { ms: createdAt.ms + duration, ns: createdAt.ns + SECOND_READING_NS };
  return { id, sourceId, level, duration, changes, createdAt, expiresAt };
}

/** The fields that all buff events share; S has neither a level nor a flag for no expiry. */
function eventBody(buff: Buff, format: Format): object {
  const { sourceId, level, duration, changes } = buff;
  const times = { createdAt: formatInstant(buff.createdAt), expiresAt: formatInstant(buff.expiresAt) };
  if (format === 'S') return { sourceId, duration, changes, ...times };
  return { sourceId, level, duration, changes, ...times, noExpiry: buff.expiresAt === undefined ? true : undefined };
}
