import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDecoder } from '../../src/events/decoder.ts';
import { createPrng } from '../../src/lib/prng.ts';
import { PLAYER_ACTIONS } from '../../world/player-actions.ts';
import type { WorldRecord } from '../../world/producer.ts';
import { createWorld } from '../../world/world.ts';
import { encodedRecord } from '../support/encoded-event.ts';
import { mutantOf } from './generator.ts';
import { mayBeOverlooked } from './message-campaign.ts';
import type { Mutant } from './mutant.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

function recordsOf(seed: number): WorldRecord[] {
  const records: WorldRecord[] = [];
  const clock = { now: () => NOON, mono: () => 0 };
  const world = createWorld({ seed, clock, characters: 5, emit: (record) => records.push(record) });
  const prng = createPrng(seed);
  for (const character of world.characters()) world.login(character, 1);
  for (let round = 0; round < 20; round++) {
    for (const [, action] of PLAYER_ACTIONS) {
      const someone = prng.pick(world.characters());
      if (someone !== undefined) action(world, prng, someone);
    }
  }
  return records;
}

function mutantsOf(seed: number, count: number): Mutant[] {
  const records = recordsOf(seed);
  const prng = createPrng(seed);
  return Array.from({ length: count }, () => {
    const record = prng.pick(records);
    assert.ok(record);
    return mutantOf(prng, record);
  });
}

describe('the generator of hostile messages', () => {
  it('given the same seed, when it mutates, then it makes the same messages; another seed makes others', () => {
    assert.deepEqual(mutantsOf(1, 300), mutantsOf(1, 300));
    assert.notDeepEqual(mutantsOf(1, 300), mutantsOf(2, 300));
  });

  it('given what it foresees for a message, when that is decoded, then that comes true', () => {
    const decoder = createDecoder({});
    for (const mutant of mutantsOf(3, 3_000)) {
      const decoded = decoder.decode(encodedRecord(mutant), undefined);
      const became = decoded.type === 'dead' ? decoded.reason : 'alive';
      if (mutant.verdict !== 'either')
        assert.equal(became, mutant.verdict, `${mutant.label}: ${mutant.value?.subarray(0, 300)}`);
    }
  });

  it('given hostile messages, when nobody is held, then those that are dead otherwise are dead as well', () => {
    const decoder = createDecoder({});
    const ofNobody = createDecoder({ isConcerned: () => false });
    let passed = 0;
    for (const mutant of mutantsOf(4, 3_000)) {
      const record = encodedRecord(mutant);
      const decoded = ofNobody.decode(record, undefined);
      const { type } = decoder.decode(record, undefined);
      if (decoded.type === 'not-held') {
        passed += 1;
        assert.equal(type, decoded.event, mutant.label);
      } else assert.equal(type, decoded.type, mutant.label);
    }
    assert.ok(passed > 300, `${passed} passed over`);
  });

  it('given hostile messages in haste, when nobody is held, then no other is overlooked than a wrong value within a good event', () => {
    const decoder = createDecoder({});
    const ofNobody = createDecoder({ isConcerned: () => false });
    let overlooked = 0;
    for (const mutant of mutantsOf(5, 6_000)) {
      const record = encodedRecord(mutant);
      const decoded = decoder.decode(record, undefined);
      const hasty = ofNobody.decode(record, undefined, false, true);
      if (hasty.type !== 'not-held') {
        if (hasty.type === 'dead') assert.equal(decoded.type, 'dead', mutant.label);
      } else if (decoded.type === 'dead') {
        overlooked += 1;
        assert.ok(['invalid-field', 'invalid-utf8', 'invalid-json'].includes(decoded.reason), mutant.label);
        assert.ok(mayBeOverlooked(mutant), mutant.label);
      } else assert.equal(decoded.type, hasty.event, mutant.label);
    }
    assert.ok(overlooked > 0 && overlooked < 300, `${overlooked} overlooked`);
  });
});
