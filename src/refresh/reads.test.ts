import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asset, BASE, buffStat, instant, loggedIn, setUp, TENANT } from '../../test/support/state-bench.ts';
import { PARTS } from '../domain/part.ts';

describe('when what is read', () => {
  it('given a worn item, when another is equipped in its slot, then it stays until the re-read', () => {
    const bench = loggedIn({ assets: [asset(1, -11)] });
    bench.event({ type: 'asset-moved', assetId: 2, templateId: 2, slot: -11, oldSlot: 4 });
    assert.deepEqual(bench.worn(), [1]);
    assert.equal(bench.isStale('equipment'), true);
    bench.read({ part: 'equipment', assets: [asset(2, -11)] });
    assert.deepEqual(bench.worn(), [2]);
    assert.equal(bench.isStale('equipment'), false);
  });

  it('given a character that is not held, when events come, then nothing is held', () => {
    const bench = setUp();
    assert.equal(bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false }), 'not-held');
    assert.equal(bench.isHeld(), false);
  });

  it('given what the log held just before a read, when it comes, then the read counts, and another decides', () => {
    const bench = setUp();
    const seenAt = bench.clock.mono();
    bench.clock.pass(100);
    bench.login();
    bench.load();
    bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false }, seenAt);
    assert.equal(bench.base('luck'), BASE.luck);
    assert.equal(bench.isStale('base'), true);
    bench.clock.pass(1_900);
    bench.read({ part: 'base', values: { ...BASE, luck: 9 } });
    assert.equal(bench.base('luck'), 9);
    assert.equal(bench.isStale('base') || bench.isDue('base'), false);
  });

  it('given an event moments before its character is held, then the first load is confirmed 2 s later', () => {
    const bench = setUp();
    bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false });
    bench.login();
    bench.read({ part: 'base', values: BASE });
    bench.read({ part: 'equipment', assets: [] });
    bench.clock.pass(2_001);
    bench.read({ part: 'base', values: { ...BASE, luck: 9 } });
    assert.equal(bench.base('luck'), 9);
    assert.deepEqual(bench.due('equipment'), []);
  });

  it('given events that were missed, when the state is told, then what was read before is not fresh, and read again', () => {
    const bench = loggedIn();
    bench.characters.distrust(['base', 'buffs']);
    assert.deepEqual(
      PARTS.map((part) => bench.freshness(part)),
      ['unwatched', 'fresh', 'unwatched', 'fresh'],
    );
    for (const part of PARTS) bench.characters.catchUp(part, 10);
    bench.read({ part: 'base', values: BASE });
    bench.read({ part: 'buffs', buffs: [] });
    assert.deepEqual(
      PARTS.map((part) => bench.freshness(part)),
      ['settling', 'fresh', 'settling', 'fresh'],
    );
  });

  it('given events that were missed, when a character is held moments later, then its load is confirmed', () => {
    const bench = setUp();
    bench.characters.distrust(PARTS);
    bench.clock.pass(100);
    bench.login();
    bench.load();
    bench.clock.pass(2_001);
    for (const part of PARTS) bench.claim(part);
  });

  it('given a hint, then a read is due at once, another 2 s later, and none after that', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: {}, incomplete: true });
    bench.read({ part: 'base', values: BASE });
    assert.equal(bench.isStale('base'), false, 'in between the part counts as fresh');
    assert.equal(bench.isDue('base'), false);
    bench.clock.pass(2_001);
    bench.read({ part: 'base', values: { ...BASE, level: 30 } });
    assert.equal(bench.base('level'), 30);
    bench.clock.pass(60_000);
    assert.deepEqual(bench.due('base'), []);
  });

  it('given a hint, when its read fails, then the part stays stale until a retry succeeds', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: {}, incomplete: true });
    bench.fail(bench.claim('base'), bench.clock.mono() + 5_000);
    assert.equal(bench.isStale('base'), true);
    bench.clock.pass(4_999);
    assert.deepEqual(bench.due('base'), []);
    bench.clock.pass(1);
    bench.read({ part: 'base', values: BASE });
    assert.equal(bench.isStale('base'), false);
  });

  it('given a failing part, when its service is back, then the read is due at once', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: {}, incomplete: true });
    bench.fail(bench.claim('base'), bench.clock.mono() + 5_000);
    bench.queue.retryNow('base');
    bench.claim('base');
  });

  it('given a settling part, when the confirming read fails, then the part is stale', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: {}, incomplete: true });
    bench.read({ part: 'base', values: BASE });
    bench.clock.pass(2_001);
    bench.fail(bench.claim('base'), bench.clock.mono() + 1_000);
    assert.equal(bench.isStale('base'), true);
  });

  it('given hint upon hint, then a part is read once a second with a burst of 3', () => {
    const bench = loggedIn();
    let reads = 0;
    for (let tenth = 0; tenth < 50; tenth += 1) {
      bench.event({ type: 'base-changed', values: {}, incomplete: true });
      for (const claim of bench.due('base')) {
        reads += 1;
        bench.merge(claim, { part: 'base', values: BASE });
      }
      bench.clock.pass(100);
    }
    assert.ok(reads >= 6 && reads <= 8, `${reads} reads in 5 s`);
  });

  it('symptom: a read while the first load is in flight doubles its requests', () => {
    const bench = setUp();
    bench.login();
    const claim = bench.claim('base');
    bench.request('base');
    bench.merge(claim, { part: 'base', values: BASE });
    assert.deepEqual(bench.due('base'), []);
  });

  it('symptom: a re-read that an operator asks for is answered by one that began before', () => {
    const bench = loggedIn();
    bench.request('base');
    const before = bench.claim('base');
    bench.characters.doubt(bench.view(), PARTS, 'an operator asked');
    bench.merge(before, { part: 'base', values: BASE });
    assert.ok(PARTS.every((part) => bench.isStale(part)));
    for (const part of PARTS) bench.claim(part);
  });

  it('given an event of a partition that is behind during a read, then the next read waits for it', () => {
    const bench = loggedIn();
    bench.request('base');
    const claim = bench.claim('base');
    bench.event({ type: 'base-changed', values: {}, incomplete: true, backlog: 't/0' });
    bench.merge(claim, { part: 'base', values: BASE });
    assert.deepEqual(bench.due('base'), []);
    bench.queue.caughtUp('t/0');
    bench.claim('base');
  });

  it('given readers, live events and a backlog, then reads are claimed in that order', () => {
    const bench = setUp();
    bench.event({
      type: 'session-created',
      sessionId: 'c',
      worldId: 0,
      channelId: 1,
      characterId: 3,
      backlog: 't/0',
    });
    bench.event({ type: 'session-created', sessionId: 'b', worldId: 0, channelId: 1, characterId: 2 });
    bench.characters.visit(TENANT, 1, undefined);
    bench.queue.caughtUp('t/0');
    const claims = bench.due('base', 3);
    assert.deepEqual(
      claims.map(({ character }) => character.characterId),
      [1, 2, 3],
    );
  });

  it('given an event of a partition that is behind, then its read waits for it, 30 s at most', () => {
    const bench = loggedIn();
    bench.event({ type: 'base-changed', values: {}, incomplete: true, backlog: 't/0' });
    bench.clock.pass(29_999);
    bench.characters.sweep();
    assert.deepEqual(bench.due('base'), []);
    bench.clock.pass(1);
    bench.characters.sweep();
    bench.claim('base');
    const other = loggedIn();
    other.event({ type: 'base-changed', values: {}, incomplete: true, backlog: 't/0' });
    other.queue.caughtUp('t/0');
    other.claim('base');
  });

  it('symptom: whoever logs in within a backlog after another of its events is read before the backlog is over', () => {
    const bench = setUp();
    bench.event({ type: 'base-changed', values: { luck: 9 }, incomplete: false, backlog: 't/0' });
    bench.event({ type: 'session-created', sessionId: 's', worldId: 0, channelId: 1, backlog: 't/0' });
    bench.clock.pass(3_000);
    bench.characters.sweep();
    assert.deepEqual(bench.due('base'), []);
    bench.queue.caughtUp('t/0');
    bench.read({ part: 'base', values: BASE });
    bench.clock.pass(60_000);
    assert.deepEqual(bench.due('base'), [], 'it began late enough to need no confirmation');
  });

  it('symptom: memory grows while a long backlog of logins and logouts is replayed', () => {
    const bench = setUp();
    bench.event({ type: 'session-created', sessionId: 's', worldId: 0, channelId: 1, backlog: 't/0' });
    bench.event({ type: 'session-destroyed', sessionId: 's', backlog: 't/0' });
    assert.equal(bench.queue.size, 0, 'nothing of it stays in the schedule');
    bench.queue.caughtUp('t/0');
    assert.deepEqual(bench.due('base'), []);
  });

  it('given a character that is gone, when a read of it is asked for, then it is a defect, and nothing is queued', () => {
    const bench = loggedIn();
    const character = bench.view();
    bench.logout();
    assert.throws(() => bench.queue.request(character, 'base'), /character 12 is gone/);
    assert.equal(bench.queue.size, 0);
  });

  it('given drift, when an audit reads twice, then it is repaired by the first and counted by the second', () => {
    const bench = loggedIn();
    bench.characters.audit(bench.clock.mono(), 100);
    assert.equal(bench.read({ part: 'base', values: { ...BASE, luck: 50 } }), 'changed');
    assert.equal(bench.base('luck'), 50);
    bench.clock.pass(2_001);
    assert.equal(bench.read({ part: 'base', values: { ...BASE, luck: 50 } }), 'drift');
  });

  it('given a buff that is held and not listed, when it is confirmed, then it is drift', () => {
    const bench = loggedIn({ buffs: [buffStat(7, 'SPEED', 40, instant(Date.UTC(2026, 0, 1)))] });
    bench.characters.audit(bench.clock.mono(), 100);
    assert.equal(bench.read({ part: 'buffs', buffs: [] }), 'changed');
    bench.clock.pass(2_001);
    assert.equal(bench.read({ part: 'buffs', buffs: [] }), 'drift');
  });

  it('given a difference that an event explains, then it is no drift', () => {
    const bench = loggedIn();
    bench.characters.audit(bench.clock.mono(), 100);
    bench.read({ part: 'base', values: { ...BASE, luck: 50 } });
    bench.event({ type: 'base-changed', values: { luck: 50 }, incomplete: false });
    bench.clock.pass(2_001);
    assert.equal(bench.read({ part: 'base', values: { ...BASE, luck: 50 } }), 'unchanged');
  });

  it('symptom: whoever asks again for what is still to be loaded goes to the end of the queue, behind those who gave up', () => {
    const bench = setUp();
    const [first] = [1, 2, 3].map((id) => bench.characters.visit(TENANT, id, undefined));
    assert.ok(first);
    bench.clock.pass(2_500);
    bench.queue.request(first, 'base');
    assert.deepEqual(
      bench.queue.take('base', 3, bench.clock.mono).map(({ character }) => character.characterId),
      [1, 2, 3],
    );
  });
});
