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
    send({ type, tenant, characterId, worldId, channelId, maxValue: Math.min(value, UINT16_MAX), context });
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
  };
}
