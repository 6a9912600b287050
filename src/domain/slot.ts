/** Where something is worn, in words. Cash items are worn over the others, 100 below their slots. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [-1, 'hat'],
  [-2, 'face accessory'],
  [-3, 'eye accessory'],
  [-4, 'earrings'],
  [-5, 'top'],
  [-6, 'pants'],
  [-7, 'shoes'],
  [-8, 'gloves'],
  [-9, 'cape'],
  [-10, 'shield'],
  [-11, 'weapon'],
  [-12, 'ring'],
  [-13, 'ring 2'],
  [-15, 'ring 3'],
  [-16, 'ring 4'],
  [-17, 'pendant'],
  [-18, 'mount'],
  [-19, 'saddle'],
  [-49, 'medal'],
  [-50, 'belt'],
]);

const SLOTS: ReadonlyMap<string, number> = new Map([...WORDS].map(([slot, word]) => [word, slot]));

/** Cash items are worn over the others, this far below their slots. */
export const CASH_OFFSET = -100;
const CASH = 'cash ';

/** A slot below 0; those without a word of their own are `slot -30`. */
export function slotWord(slot: number): string {
  const word = WORDS.get(slot);
  if (word !== undefined) return word;
  const beneath = WORDS.get(slot - CASH_OFFSET);
  return beneath === undefined ? `slot ${slot}` : `${CASH}${beneath}`;
}

/** The slot that {@link slotWord} writes so; undefined: none. */
export function slotOfWord(word: string): number | undefined {
  const numbered = /^slot (-\d{1,5})$/.exec(word)?.[1];
  if (numbered !== undefined) return Number(numbered);
  if (!word.startsWith(CASH)) return SLOTS.get(word);
  const beneath = SLOTS.get(word.slice(CASH.length));
  return beneath === undefined ? undefined : beneath + CASH_OFFSET;
}
