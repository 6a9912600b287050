import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASE, buffStat, instant, loggedIn, setUp, TENANT } from '../../test/support/state-bench.ts';
import { isResident } from '../domain/character.ts';
import { PARTS } from '../domain/part.ts';
import { placeOf } from '../domain/sessions.ts';

describe('sessions', () => {
  it('given an absent character, when a session is created, then it is resident and all parts are due', () => {
    const bench = setUp();
    assert.equal(bench.login(), 'applied');
    assert.equal(isResident(bench.view()), true);
    for (const part of PARTS) bench.claim(part);
  });

  it('given a channel change in either order, when the old session ends, then the character stays', () => {
    const bench = setUp();
    bench.login('old');
    bench.login('new');
    bench.logout('old');
    assert.equal(bench.isHeld(), true);
    bench.logout('new');
    assert.equal(bench.isHeld(), false);
  });

  it('given a DESTROYED before its CREATED, when the CREATED arrives, then nothing is resurrected', () => {
    const bench = setUp();
    assert.equal(bench.logout('s1'), 'not-held');
    assert.equal(bench.login('s1'), 'outdated');
    assert.equal(bench.isHeld(), false);
  });

  it('given nothing that awaits its confirmation, when the channel changes, then each part is read once', () => {
    const bench = loggedIn({ buffs: [buffStat(7, 'SPEED', 40, instant(Date.UTC(2026, 0, 1)))] });
    bench.logout('s1');
    bench.login('s2');
    bench.load();
    bench.clock.pass(10_000);
    for (const part of PARTS) {
      assert.deepEqual(bench.due(part), []);
    }
  });

  it('symptom: a replay brings back a session whose DESTROYED was lost, though a younger one has ended it', () => {
    const bench = setUp();
    bench.login('lost');
    bench.clock.pass(61_000);
    bench.login('next');
    bench.logout('next');
    assert.equal(bench.isHeld(), false, 'both have ended');
    assert.equal(bench.login('lost'), 'outdated');
    assert.equal(bench.isHeld(), false);
  });

  it('symptom: commands go on to the channel that was left, when the newest session ends', () => {
    const bench = setUp();
    const created = { type: 'session-created', worldId: 0 } as const;
    bench.event({ ...created, sessionId: 'a', channelId: 1 });
    bench.event({ ...created, sessionId: 'b', channelId: 2 });
    bench.logout('b');
    assert.equal(placeOf(bench.view().sessions)?.channelId, 1);
  });

  it('symptom: a producer whose clock is ahead, or behind, ends the session of a player who is online', () => {
    for (const skew of [30_000, 3_540_000, 3_600_000, -7_200_000]) {
      const bench = setUp();
      const created = { type: 'session-created', worldId: 0 } as const;
      bench.event({ ...created, sessionId: 's1', channelId: 1, recordTime: bench.clock.now() + Math.max(0, skew) });
      bench.clock.pass(1_000);
      bench.event({ ...created, sessionId: 's2', channelId: 2, recordTime: bench.clock.now() + Math.min(0, skew) });
      bench.logout('s1');
      assert.equal(isResident(bench.view()), true, `${skew} ms`);
      assert.equal(placeOf(bench.view().sessions)?.channelId, 2, `${skew} ms`);
    }
  });

  it('given a visitor, when a session is created, then it becomes resident in place with what it has', () => {
    const bench = setUp();
    bench.characters.visit(TENANT, 12, undefined);
    bench.load();
    const before = bench.view();
    bench.login();
    assert.equal(isResident(bench.view()), true);
    assert.equal(bench.view(), before);
    assert.equal(bench.base('strength'), BASE.strength);
  });

  it('given a visitor, when a DESTROYED comes, then the visitor is not touched', () => {
    const bench = setUp();
    bench.characters.visit(TENANT, 12, undefined);
    assert.equal(bench.logout('s1'), 'unchanged');
    assert.equal(bench.isHeld(), true);
  });

  it('given two tenants, when one logs in, then the other has no such character', () => {
    const bench = setUp();
    bench.login();
    assert.equal(bench.characters.find({ ...TENANT, key: 'another' }, 12), undefined);
  });

  it('given a first login, then each part is read once; a duplicate CREATED does nothing', () => {
    const bench = setUp();
    bench.login();
    assert.equal(bench.login(), 'unchanged');
    bench.load();
    bench.clock.pass(60_000);
    assert.equal(bench.login(), 'unchanged');
    for (const part of PARTS) assert.deepEqual(bench.due(part), []);
  });

  it('symptom: a passive learnt while logged out is missing after the next login, whose DESTROYED was lost', () => {
    const bench = loggedIn({ skills: [[1000001, 3]] });
    assert.equal(bench.login('s2'), 'applied');
    assert.equal(bench.skill(1000001), 3, 'what is held serves meanwhile');
    for (const part of PARTS) assert.equal(bench.freshness(part), 'stale');
    bench.load({ skills: [[1000001, 4]] });
    assert.equal(bench.skill(1000001), 4);
    for (const part of PARTS) assert.equal(bench.freshness(part), 'settling');
    bench.clock.pass(2_001);
    bench.load({ skills: [[1000001, 4]] });
    for (const part of PARTS) assert.equal(bench.freshness(part), 'fresh');
  });

  it('given sessions that are replayed, then they tell who is online, and nobody is loaded until the replay is over', () => {
    const bench = setUp();
    const created = { type: 'session-created', worldId: 0, channelId: 1, replayed: true } as const;
    bench.event({ ...created, sessionId: 'a', characterId: 1 });
    bench.event({ ...created, sessionId: 'b', characterId: 2 });
    bench.event({ type: 'session-destroyed', sessionId: 'a', characterId: 1, replayed: true });
    assert.equal(bench.characters.population().residents, 1);
    for (const part of PARTS) bench.characters.catchUp(part, 100);
    assert.deepEqual(bench.due('base', 10), []);
    bench.characters.replayed();
    for (const part of PARTS) bench.characters.catchUp(part, 100);
    assert.deepEqual(
      bench.due('base', 10).map(({ character, priority }) => [character.characterId, priority]),
      [[2, 'backlog']],
    );
  });

  it('symptom: a long replay forgets the logouts that it has seen, and leaves phantoms', () => {
    const bench = setUp();
    const session = { worldId: 0, channelId: 1, replayed: true } as const;
    for (let id = 1; id <= 120_000; id += 1) {
      bench.event({ type: 'session-destroyed', sessionId: `s${id}`, characterId: id, replayed: true });
    }
    for (const id of [1, 60_000, 120_000]) {
      bench.event({ type: 'session-created', ...session, sessionId: `s${id}`, characterId: id });
    }
    assert.equal(bench.characters.population().residents, 0);
  });

  it('given a session of yesterday that is replayed, then idle time counts from its record', () => {
    const bench = setUp();
    const recordTime = bench.clock.now() - 3_000_000;
    bench.event({ type: 'session-created', sessionId: 's', worldId: 0, channelId: 1, recordTime, replayed: true });
    bench.clock.pass(600_001);
    bench.characters.sweep();
    assert.equal(isResident(bench.view()), false);
  });

  it('given a session whose record has a useless time, or one of a clock that is days behind, then it is young', () => {
    for (const recordTime of [-1, 0, Date.UTC(2025, 0, 1)]) {
      const bench = setUp();
      bench.event({ type: 'session-created', sessionId: 's', worldId: 0, channelId: 1, recordTime });
      bench.clock.pass(3_500_000);
      bench.characters.sweep();
      assert.equal(isResident(bench.view()), true);
    }
  });

  it('given a character that was loaded before its session is replayed, then it is not read again', () => {
    const bench = setUp();
    const recordTime = bench.clock.now() - 600_000;
    bench.characters.visit(TENANT, 12, undefined);
    bench.load();
    bench.event({ type: 'session-created', sessionId: 's', worldId: 0, channelId: 1, recordTime, replayed: true });
    assert.equal(isResident(bench.view()), true);
    for (const part of PARTS) assert.deepEqual(bench.due(part), []);
  });

  it('given a character of another shard, when its session begins, then it is no resident here; who asks is a visitor', () => {
    const bench = setUp({ isOurs: () => false });
    assert.equal(bench.login(), 'not-held');
    assert.equal(bench.isHeld(), false);
    bench.characters.visit(TENANT, 12, undefined);
    bench.load();
    assert.equal(bench.login(), 'applied');
    assert.equal(isResident(bench.view()), false);
    for (const part of PARTS) bench.claim(part);
    const { version } = bench.view();
    assert.equal(bench.login(), 'unchanged', 'a duplicate');
    assert.equal(bench.view().version, version);
  });
});
