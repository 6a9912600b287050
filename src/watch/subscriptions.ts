import type { CharacterId, Tenant } from '../domain/tenant.ts';
import { type Change, type ChangeFilter, matches } from './change.ts';

/** Whoever is told of changes as they come. */
export interface Subscription {
  end(): void;
}

export interface Subscriptions {
  /** `onChange` must not throw. undefined: there are too many already. */
  add(filter: ChangeFilter, onChange: (change: Change) => void): Subscription | undefined;
  tell(change: Change): void;
  /** Whether one of them would show the character. Worlds are known only after a look. */
  wouldShow(tenant: Tenant, characterId: CharacterId): boolean;
  readonly size: number;
}

const SUBSCRIPTIONS_MAX = 100;

export function createSubscriptions(): Subscriptions {
  const all = new Set<{ readonly filter: ChangeFilter; readonly onChange: (change: Change) => void }>();
  return {
    add(filter, onChange) {
      if (all.size >= SUBSCRIPTIONS_MAX) return undefined;
      const subscription = { filter, onChange };
      all.add(subscription);
      return { end: () => all.delete(subscription) };
    },
    tell(change) {
      for (const { filter, onChange } of all) if (matches(filter, change)) onChange(change);
    },
    wouldShow(tenant, characterId) {
      for (const { filter } of all) {
        const { characterId: only } = filter;
        if (filter.tenant.key === tenant.key && (only === undefined || only === characterId)) return true;
      }
      return false;
    },
    get size() {
      return all.size;
    },
  };
}
