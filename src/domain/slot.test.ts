import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotOfWord, slotWord } from './slot.ts';

test('given every slot that an item may have, when it is put into words, then the words lead back to it', () => {
  const words = new Set<string>();
  for (let slot = -1; slot >= -32_768; slot -= 1) {
    const word = slotWord(slot);
    assert.equal(slotOfWord(word), slot, word);
    words.add(word);
  }
  assert.equal(words.size, 32_768);
  assert.deepEqual([-1, -101, -13, -30].map(slotWord), ['hat', 'cash hat', 'ring 2', 'slot -30']);
  for (const word of ['', 'nose', 'cash ', 'cash slot -1', 'Hat']) assert.equal(slotOfWord(word), undefined, word);
});
