/** A map of at most `max` entries: beyond it the first in its order goes. Setting a key again leaves its place. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #max: number;
  #evicted = 0;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  /** Entries that went because there was no more room. */
  get evicted(): number {
    return this.#evicted;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    if (this.size > this.#max) {
      for (const first of this.keys()) {
        this.delete(first);
        break;
      }
      this.#evicted += 1;
    }
    return this;
  }

  /** Sets it in the last place. */
  renew(key: K, value: V): void {
    this.delete(key);
    this.set(key, value);
  }
}
