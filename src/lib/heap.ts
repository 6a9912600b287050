/**
 * A binary min-heap of items with a number each: the smallest comes out first. Items that are out of date are not taken out
 * at once; they are dropped when there may be as many of them as of the others, so that the heap stays bounded by these.
 */
export interface Heap<T> {
  readonly size: number;
  /** The smallest number; Infinity when empty. */
  readonly next: number;
  push(at: number, item: T): void;
  /** Takes out the item with the smallest number; undefined when empty. */
  pop(): T | undefined;
}

/** Up to so many, nobody looks for items that are out of date. */
const SIZE_UNCHECKED = 1_024;

/** `isCurrent` tells whether an item with its number is not out of date. */
export function createHeap<T>(isCurrent: (at: number, item: T) => boolean): Heap<T> {
  // Two lists: an object for each node would weigh as much as a character's part.
  let numbers: number[] = [];
  let items: T[] = [];
  let checkAt = SIZE_UNCHECKED;
  const at = (index: number): number => numbers[index] ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => {
    exchange(numbers, a, b);
    exchange(items, a, b);
  };
  const rise = (from: number): void => {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (at(parent) <= at(index)) return;
      swap(parent, index);
      index = parent;
    }
  };
  const sink = (from: number): void => {
    for (let index = from; ; ) {
      const left = 2 * index + 1;
      if (left >= items.length) return;
      const child = at(left + 1) < at(left) ? left + 1 : left;
      if (at(child) >= at(index)) return;
      swap(child, index);
      index = child;
    }
  };
  /** Costs each push a constant on average: the next time is when there are twice as many. */
  const dropOutdated = (): void => {
    const current = items.map((item, index) => isCurrent(at(index), item));
    numbers = numbers.filter((_, index) => current[index]);
    items = items.filter((_, index) => current[index]);
    checkAt = Math.max(SIZE_UNCHECKED, 2 * items.length);
    for (let index = (items.length >> 1) - 1; index >= 0; index--) sink(index);
  };
  return {
    get size() {
      return items.length;
    },
    get next() {
      return at(0);
    },
    push(number, item) {
      if (items.length >= checkAt) dropOutdated();
      numbers.push(number);
      items.push(item);
      rise(items.length - 1);
    },
    pop() {
      if (items.length > 1) swap(0, items.length - 1);
      numbers.pop();
      const item = items.pop();
      sink(0);
      return item;
    },
  };
}

/** Both places exist: the casts say so. */
function exchange<T>(list: T[], a: number, b: number): void {
  const [left, right] = [list[a], list[b]];
  list[a] = right as T;
  list[b] = left as T;
}
