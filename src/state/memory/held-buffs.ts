import type { BuffEntry, BuffTombstone } from '../../domain/character.ts';
import { compareInstants, type Instant } from '../../domain/instant.ts';
import { put } from './entries.ts';

/** One character's buffs, and the ends of buffs that are remembered. Held only while there are any. */
export class HeldBuffs {
  #buffs: BuffEntry[] = [];
  #tombstones: BuffTombstone[] = [];
  #nextExpiry = Number.POSITIVE_INFINITY;

  /** Epoch ms of the earliest expiry whose lapse has not been noticed; Infinity: none. */
  get nextExpiry(): number {
    return this.#nextExpiry;
  }

  get isEmpty(): boolean {
    return this.#buffs.length === 0 && this.#tombstones.length === 0;
  }

  list(): readonly BuffEntry[] {
    return this.#buffs;
  }

  find(sourceId: number, statType: string): BuffEntry | undefined {
    return this.#buffs.find(({ buff }) => buff.sourceId === sourceId && buff.statType === statType);
  }

  put(entry: BuffEntry): void {
    const { sourceId, statType } = entry.buff;
    put(this.#buffs, entry, ({ buff }) => buff.sourceId === sourceId && buff.statType === statType);
    this.#findNextExpiry();
  }

  remove(sourceId: number, statType: string): void {
    this.#buffs = this.#buffs.filter(({ buff }) => buff.sourceId !== sourceId || buff.statType !== statType);
    this.#findNextExpiry();
  }

  tombstones(): readonly BuffTombstone[] {
    return this.#tombstones;
  }

  /** True when a tombstone says so already. */
  isEnded(sourceId: number, statType: string | undefined, createdAt: Instant): boolean {
    const held = this.#tombstones.find((stone) => stone.sourceId === sourceId && stone.statType === statType);
    return held !== undefined && compareInstants(createdAt, held.createdAt) <= 0;
  }

  bury(stone: BuffTombstone): void {
    const { sourceId, statType } = stone;
    put(this.#tombstones, stone, (other) => other.sourceId === sourceId && other.statType === statType);
  }

  /** Drops those set at or before this monotonic time. */
  dropTombstones(setUntil: number): void {
    if (this.#tombstones.length > 0) this.#tombstones = this.#tombstones.filter((stone) => stone.setAt > setUntil);
  }

  #findNextExpiry(): void {
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const { buff, lapseNoticed } of this.#buffs) {
      const { expiresAt } = buff;
      if (!lapseNoticed && expiresAt !== undefined && expiresAt < this.#nextExpiry) this.#nextExpiry = expiresAt;
    }
  }
}
