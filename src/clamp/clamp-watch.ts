import type { CharacterView } from '../domain/character.ts';
import { STAT_INDEX } from '../domain/stat.ts';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { EffectiveCache } from '../refresh/effective-cache.ts';
import type { StateStore } from '../state/store.ts';
import type { ClampCommand } from './clamp-command.ts';

/**
 * Notices falls of MaxHP and MaxMP of residents (architecture §3 rule 10). A result counts only while all of it is fresh:
 * degraded ones neither trigger nor become the reference. What rests on a provisional delta is stale, hence waits.
 */
export interface ClampWatch {
  /** To be called when something about the character may have changed. */
  check(who: { readonly tenant: Tenant; readonly characterId: CharacterId }): void;
  /** Looks again at those whose last result was degraded; to be called about once a second. */
  sweep(): void;
  /**
   * A command that has waited, with where the character plays now and the last maximum that was all fresh: it may have risen
   * again, and what it was lowered to would be lost. As it was when the character is no resident any more.
   */
  latest(command: ClampCommand): ClampCommand;
}

export interface ClampWatchOptions {
  readonly store: Pick<StateStore, 'find'>;
  readonly effective: EffectiveCache;
  readonly clock: Clock;
  readonly send: (command: ClampCommand) => void;
}

interface Maxima {
  readonly hp: number;
  readonly mp: number;
}

const UINT16_MAX = 65_535;

export function createClampWatch({ store, effective, clock, send }: ClampWatchOptions): ClampWatch {
  /** The last maxima that were all fresh. Goes with the character's view: none survives a logout. */
  const references = new WeakMap<CharacterView, Maxima>();
  let unsettled = new Set<CharacterView>();

  function look(view: CharacterView): void {
    const moment = { now: clock.now(), mono: clock.mono() };
    const computed = effective.of(view, moment);
    if (computed === undefined || computed.degraded.length > 0) {
      unsettled.add(view);
      return;
    }
    const { values } = computed.stats;
    const maxima = { hp: values[STAT_INDEX.max_hp] ?? 0, mp: values[STAT_INDEX.max_mp] ?? 0 };
    const before = references.get(view);
    references.set(view, maxima);
    if (before === undefined) return;
    if (maxima.hp < before.hp) command(view, 'CLAMP_HP', maxima.hp);
    if (maxima.mp < before.mp) command(view, 'CLAMP_MP', maxima.mp);
  }

  function command(view: CharacterView, type: ClampCommand['type'], value: number): void {
    const { tenant, characterId, place, context } = view;
    if (place === undefined) return;
    const { worldId, channelId } = place;
    send({ type, tenant, characterId, worldId, channelId, maxValue: clampable(value), context });
  }

  return {
    check({ tenant, characterId }) {
      const view = store.find(tenant, characterId);
      if (view?.resident === true) look(view);
    },
    sweep() {
      const again = unsettled;
      unsettled = new Set();
      for (const view of again) {
        if (view.resident && store.find(view.tenant, view.characterId) === view) look(view);
      }
    },
    latest(waiting) {
      const view = store.find(waiting.tenant, waiting.characterId);
      const maxima = view && references.get(view);
      if (maxima === undefined || view?.place === undefined) return waiting;
      const { worldId, channelId } = view.place;
      const maxValue = clampable(waiting.type === 'CLAMP_HP' ? maxima.hp : maxima.mp);
      return { ...waiting, worldId, channelId, maxValue };
    },
  };
}

/** The wire's maxValue is a uint16. */
function clampable(value: number): number {
  return Math.min(value, UINT16_MAX);
}
