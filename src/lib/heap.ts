/** A binary min-heap of items with a number each: the smallest comes out first. */
export interface Heap<T> {
  readonly size: number;
  /** The smallest number; Infinity when empty. */
  readonly next: number;
  push(at: number, item: T): void;
  /** Takes out the item with the smallest number; undefined when empty. */
  pop(): T | undefined;
}

export function createHeap<T>(): Heap<T> {
  const nodes: { at: number; item: T }[] = [];
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
  const sink = (): void => {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = at(left + 1) < at(left) ? left + 1 : left;
      if (at(child) >= at(index)) return;
      swap(child, index);
      index = child;
    }
  };
  return {
    get size() {
      return nodes.length;
    },
    get next() {
      return at(0);
    },
    push(number, item) {
      nodes.push({ at: number, item });
      rise(nodes.length - 1);
    },
    pop() {
      swap(0, nodes.length - 1);
      const node = nodes.pop();
      sink();
      return node?.item;
    },
  };
}
