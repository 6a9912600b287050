import type { EffectiveStatsCache } from '../answers/effective-stats.ts';
import { type Character, isResident } from '../domain/character.ts';
import { placeOf } from '../domain/sessions.ts';
import { STAT_INDEX } from '../domain/stat.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { Characters } from '../state/characters.ts';
import type { ClampCommand } from './clamp-command.ts';

/**
 * Notices falls of MaxHP and MaxMP of residents. The reference is the highest value that anybody may have seen since the last
 * sure result, provisional and degraded ones included; a sure result below it is a fall, and the next reference. So a rise
 * that no read ever confirmed is clamped after, and a doubtful fall never clamps.
 */
export interface ClampWatch {
  /** To be called when something about the character may have changed. */
  check(who: { readonly tenant: Tenant; readonly characterId: CharacterId }): void;
  /** Looks again at those whose last result was not sure, some at a time; to be called about once a second. */
  sweep(): void;
  /** The character is held no longer. What it had is the reference for another {@link LEFT_MS}: it may only change channels. */
  forget(character: Character): void;
  /**
   * A command that has waited, brought up to date: where the character plays now, and the highest maximum since its last sure
   * result, so that nothing is taken from one that has risen since.
   */
  latest(command: ClampCommand): ClampCommand;
}

export interface ClampWatchOptions {
  readonly characters: Pick<Characters, 'find'>;
  readonly effective: Pick<EffectiveStatsCache, 'of' | 'isSure'>;
  readonly clock: Clock;
  readonly send: (command: ClampCommand) => void;
}

interface Maxima {
  readonly hp: number;
  readonly mp: number;
}

const UINT16_MAX = 65_535;
/** Not shorter than a command may wait for whoever is elected next. */
const LEFT_MS = 60_000;
const LEFT_MAX = 10_000;
/**
 * Looks of one sweep: while a topic is not followed or a service is down nobody's result is sure, and each look may compute one
 * anew. Who is read is looked at right then, so that the sweep finds what nobody has told: that all is followed again.
 */
const LOOKS = 1_000;

export function createClampWatch({ characters, effective, clock, send }: ClampWatchOptions): ClampWatch {
  /** The highest since the last sure result. */
  const highest = new WeakMap<Character, Maxima>();
  /** Of those who left, by {@link keyOf}. */
  const leavers = new BoundedMap<string, { readonly highest: Maxima; readonly until: number }>(LEFT_MAX);
  /** Whoever was looked at last comes last. */
  const unsure = new Set<Character>();

  function look(character: Character): void {
    const moment = { now: clock.now(), mono: clock.mono() };
    const computed = effective.of(character, moment);
    const before = highest.get(character) ?? highestOfLeaver(character);
    if (computed === undefined) {
      unsure.add(character);
      return;
    }
    const { values } = computed;
    const maxima = { hp: values[STAT_INDEX.max_hp] ?? 0, mp: values[STAT_INDEX.max_mp] ?? 0 };
    if (computed.degraded.length > 0 || !effective.isSure(character, moment)) {
      unsure.add(character);
      highest.set(character, higher(maxima, before));
      return;
    }
    highest.set(character, maxima);
    if (before === undefined) return;
    if (maxima.hp < before.hp) command(character, 'CLAMP_HP', maxima.hp);
    if (maxima.mp < before.mp) command(character, 'CLAMP_MP', maxima.mp);
  }

  function highestOfLeaver(who: Pick<Character, 'tenant' | 'characterId'>): Maxima | undefined {
    const before = leavers.get(keyOf(who));
    return before !== undefined && clock.mono() < before.until ? before.highest : undefined;
  }

  function command(character: Character, type: ClampCommand['type'], value: number): void {
    const { tenant, characterId, sessions, context } = character;
    const place = placeOf(sessions);
    if (place === undefined) return;
    const { worldId, channelId } = place;
    send({ type, tenant, characterId, worldId, channelId, maxValue: clampable(value), context });
  }

  return {
    check({ tenant, characterId }) {
      const character = characters.find(tenant, characterId);
      if (character !== undefined && isResident(character)) look(character);
    },
    sweep() {
      let left = Math.min(LOOKS, unsure.size);
      for (const character of unsure) {
        if (left === 0) return;
        left -= 1;
        unsure.delete(character);
        if (character.held && isResident(character)) look(character);
      }
    },
    forget(character) {
      const last = highest.get(character);
      if (last !== undefined) leavers.renew(keyOf(character), { highest: last, until: clock.mono() + LEFT_MS });
    },
    latest(waiting) {
      const character = characters.find(waiting.tenant, waiting.characterId);
      const { worldId, channelId } = (character && placeOf(character.sessions)) ?? waiting;
      const maxima = (character && highest.get(character)) ?? highestOfLeaver(waiting);
      if (maxima === undefined) return { ...waiting, worldId, channelId };
      const maxValue = clampable(waiting.type === 'CLAMP_HP' ? maxima.hp : maxima.mp);
      return { ...waiting, worldId, channelId, maxValue };
    },
  };
}

function keyOf({ tenant, characterId }: Pick<Character, 'tenant' | 'characterId'>): string {
  return `${characterId}/${tenant.key}`;
}

function higher(a: Maxima, b: Maxima = a): Maxima {
  return { hp: Math.max(a.hp, b.hp), mp: Math.max(a.mp, b.mp) };
}

/** The wire's maxValue is a uint16. */
function clampable(value: number): number {
  return Math.min(value, UINT16_MAX);
}
