import type { WornAsset } from '../../domain/snapshot.ts';
import type { StatRow } from '../../domain/stat.ts';
import { numberAt } from './character-numbers.ts';

const SLOTS = 65_536;
const SLOT_MIN = -32_768;

/**
 * What one character wears, without an object per asset: 24 bytes each. `numbers` holds two per asset: its id, and where it
 * is worn: templateId (uint32) × 65,536 + slot (int16) + 32,768, which a double holds exactly. `rows` holds its stats.
 */
export class WornAssets {
  #numbers: number[] = [];
  #rows: StatRow[] = [];

  get size(): number {
    return this.#rows.length;
  }

  list(): WornAsset[] {
    return this.#rows.map((stats, index) => this.#assetAt(index, stats));
  }

  find(assetId: number): WornAsset | undefined {
    const index = this.#indexOf(assetId);
    const stats = this.#rows[index];
    return stats === undefined ? undefined : this.#assetAt(index, stats);
  }

  /** Replaces the asset with this id, else appends it. */
  put({ assetId, templateId, slot, stats }: WornAsset): void {
    const held = this.#indexOf(assetId);
    const index = held < 0 ? this.#rows.length : held;
    this.#numbers[2 * index] = assetId;
    this.#numbers[2 * index + 1] = templateId * SLOTS + slot - SLOT_MIN;
    this.#rows[index] = stats;
  }

  remove(assetId: number): void {
    const index = this.#indexOf(assetId);
    if (index < 0) return;
    this.#numbers.splice(2 * index, 2);
    this.#rows.splice(index, 1);
  }

  /** Takes off what was put on first, and returns its id. */
  removeOldest(): number {
    const [assetId = Number.NaN] = this.#numbers.splice(0, 2);
    this.#rows.shift();
    return assetId;
  }

  /** Gives back room that growing lists keep in reserve. */
  trim(): void {
    this.#numbers = this.#numbers.slice();
    this.#rows = this.#rows.slice();
  }

  /** -1: it is not worn. */
  #indexOf(assetId: number): number {
    for (let index = 0; index < this.#rows.length; index += 1) {
      if (this.#numbers[2 * index] === assetId) return index;
    }
    return -1;
  }

  #assetAt(index: number, stats: StatRow): WornAsset {
    const place = numberAt(this.#numbers, 2 * index + 1);
    return {
      assetId: numberAt(this.#numbers, 2 * index),
      templateId: Math.floor(place / SLOTS),
      slot: (place % SLOTS) + SLOT_MIN,
      stats,
    };
  }
}
