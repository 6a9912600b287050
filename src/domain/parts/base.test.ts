import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOf, HEARD_AT, hearing, NOW, readPart } from '../../../test/support/hearing.ts';
import { BASE, loggedIn } from '../../../test/support/state-bench.ts';
import { packBase } from '../rows.ts';
import { type BasePart, baseOf, hearBaseChanged, sameBase } from './base.ts';

const READ: BasePart = readPart(packBase(BASE));

function changed(values: Partial<typeof BASE>, incomplete = false, recordTime = NOW) {
  return eventOf<'base-changed'>({ type: 'base-changed', values, incomplete, recordTime });
}

describe('STAT_CHANGED is heard', () => {
  it('given values, then they count at once, the others stay, and base is doubted', () => {
    const { part, outcome } = hearBaseChanged(READ, changed({ luck: 38 }), hearing());
    assert.equal(outcome, 'applied');
    assert.deepEqual(baseOf(part), { ...BASE, luck: 38 });
    assert.equal(part.doubt?.reason, 'base changed');
  });

  it('given values that are known on a settled part, then nothing changes', () => {
    assert.deepEqual(hearBaseChanged(READ, changed({ luck: 4 }), hearing()), { part: READ, outcome: 'unchanged' });
  });

  it('given known values while a read is wanted, then they are remembered: that read may carry older ones', () => {
    const { part, outcome } = hearBaseChanged(READ, changed({ luck: 4 }), hearing({ quiet: false }));
    assert.equal(outcome, 'hinted');
    assert.deepEqual(part.heard, [{ field: 'luck', value: 4, heardAt: HEARD_AT }]);
  });

  it('given a change whose value the event does not carry, then it is only a doubt', () => {
    const { part, outcome } = hearBaseChanged(READ, changed({}, true), hearing());
    assert.equal(outcome, 'hinted');
    assert.equal(part.doubt?.reason, 'base changed without values');
    assert.deepEqual(baseOf(part), BASE);
  });

  it('symptom: a record of long ago that is replayed while the first read is under way counts over what that read answers', () => {
    const first: BasePart = { ...READ, read: undefined, began: Number.NEGATIVE_INFINITY };
    const reading = hearing({ readingSince: HEARD_AT - 100 });
    assert.deepEqual(hearBaseChanged(first, changed({ luck: 99 }, false, NOW - 5_101), reading).part.heard, []);
    assert.equal(hearBaseChanged(first, changed({ luck: 99 }, false, NOW - 5_100), reading).part.heard.length, 1);
  });

  it('given a record older than the last read by more than 5 s, then it is only a doubt', () => {
    const old = hearBaseChanged(READ, changed({ luck: 99 }, false, NOW - 65_001), hearing());
    assert.equal(old.outcome, 'hinted');
    assert.deepEqual(baseOf(old.part), BASE);
    const young = hearBaseChanged(READ, changed({ luck: 99 }, false, NOW - 65_000), hearing());
    assert.equal(young.outcome, 'applied');
  });

  it("given an owner's clock that is behind ours, then the age of a record is told by the owner's", () => {
    const event = changed({ luck: 99 }, false, NOW - 100_000);
    assert.equal(hearBaseChanged(READ, event, hearing({ ownerNow: NOW - 60_000 })).outcome, 'applied');
  });

  it('given two values of one field, then the newest counts; given another field, then both do', () => {
    const first = hearBaseChanged(READ, changed({ luck: 38, level: 30 }), hearing());
    const { part } = hearBaseChanged(first.part, changed({ luck: 39 }), hearing({ mono: HEARD_AT + 1 }));
    assert.deepEqual(baseOf(part), { ...BASE, luck: 39, level: 30 });
    assert.equal(part.heard.length, 2);
  });
});

describe('what the character service and its events say of base', () => {
  it('given an event during a read, when the read returns, then the event stays and base is still doubted', () => {
    const bench = loggedIn();
    bench.request('base');
    const claim = bench.claim('base');
    bench.event({ type: 'base-changed', values: { luck: 38 }, incomplete: false });
    bench.merge(claim, { part: 'base', values: { ...BASE, strength: 30 } });
    assert.equal(bench.base('luck'), 38);
    assert.equal(bench.base('strength'), 30);
    assert.equal(bench.isStale('base'), true);
  });
});

it('given two bases, then they are the same when every field is, and when neither was read', () => {
  assert.equal(sameBase(BASE, { ...BASE }), true);
  assert.equal(sameBase(BASE, { ...BASE, gm: 1 }), false);
  assert.equal(sameBase(undefined, undefined), true);
  assert.equal(sameBase(undefined, BASE), false);
});
