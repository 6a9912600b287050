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
  let nodes: { at: number; item: T }[] = [];
  let checkAt = SIZE_UNCHECKED;
  const at = (index: number): number => nodes[index]?.at ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => {
    const [left, right] = [nodes[a], nodes[b]];
    if (left === undefined || right === undefined) return;
    nodes[a] = right;
    nodes[b] = left;
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
      const child = at(left + 1) < at(left) ? left + 1 : left;
      if (at(child) >= at(index)) return;
      swap(child, index);
      index = child;
    }
  };
  /** Costs each push a constant on average: the next time is when there are twice as many. */
  const dropOutdated = (): void => {
    nodes = nodes.filter((node) => isCurrent(node.at, node.item));
    checkAt = Math.max(SIZE_UNCHECKED, 2 * nodes.length);
    for (let index = (nodes.length >> 1) - 1; index >= 0; index--) sink(index);
  };
  return {
    get size() {
      return nodes.length;
    },
    get next() {
      return at(0);
    },
    push(number, item) {
      if (nodes.length >= checkAt) dropOutdated();
      nodes.push({ at: number, item });
      rise(nodes.length - 1);
    },
    pop() {
      swap(0, nodes.length - 1);
      const node = nodes.pop();
      sink(0);
      return node?.item;
    },
  };
}
