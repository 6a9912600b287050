import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOf, NOW } from '../../test/support/hearing.ts';
import { endedWith, type OpenSession, placeOf, withSession } from './sessions.ts';

/** Sessions in the order of their arrival, by id; ms before or after now as their records say. */
function opened(...created: readonly (readonly [sessionId: string, ms: number])[]): readonly OpenSession[] {
  return created.reduce<readonly OpenSession[]>(
    (sessions, [sessionId, ms], channelId) => withSession(sessions, createdAt(sessionId, NOW + ms, channelId), NOW),
    [],
  );
}

function createdAt(sessionId: string, recordTime: number, channelId = 0) {
  return eventOf<'session-created'>({ type: 'session-created', sessionId, worldId: 0, channelId, recordTime });
}

function idsOf(sessions: readonly OpenSession[]): string[] {
  return sessions.map(({ sessionId }) => sessionId);
}

describe('a session is opened', () => {
  it('given a record time in the future, or none, then the session was created when it arrived', () => {
    for (const recordTime of [NOW + 3_600_000, 0, -1]) {
      assert.equal(withSession([], createdAt('s', recordTime), NOW)[0]?.createdAt, NOW);
    }
    assert.equal(withSession([], createdAt('s', NOW - 5), NOW)[0]?.createdAt, NOW - 5);
  });

  it('given 64 open sessions, when another is opened, then the one that came first goes', () => {
    const sessions = opened(...Array.from({ length: 65 }, (_, index) => [`s${index}`, 0] as const));
    assert.equal(sessions.length, 64);
    assert.equal(sessions[0]?.sessionId, 's1');
    assert.equal(sessions.at(-1)?.sessionId, 's64');
  });
});

describe('a session ends', () => {
  it('given one that is not open, then none ends', () => {
    assert.deepEqual(endedWith(opened(['a', 0]), 'b'), []);
  });

  it('given one that came before and is older by more than 60 s, then it has lost its DESTROYED, and ends too', () => {
    assert.deepEqual(idsOf(endedWith(opened(['lost', -60_001], ['last', 0]), 'last')), ['lost', 'last']);
    assert.deepEqual(idsOf(endedWith(opened(['older', -60_000], ['last', 0]), 'last')), ['last']);
  });

  it('given one that came after, whatever its record time, then it stays open', () => {
    assert.deepEqual(idsOf(endedWith(opened(['first', 0], ['next', -3_600_000]), 'first')), ['first']);
  });

  it('symptom: a session whose record has no time ends with any other one', () => {
    const timeless = withSession([], createdAt('timeless', -1), NOW);
    assert.deepEqual(idsOf(endedWith(withSession(timeless, createdAt('other', NOW), NOW), 'other')), ['other']);
  });
});

describe('a character plays somewhere', () => {
  const channelOf = (sessions: readonly OpenSession[]) => placeOf(sessions)?.channelId;

  it('given no open session, then nowhere', () => {
    assert.equal(placeOf([]), undefined);
  });

  it('given CREATEDs within a minute, then where the last to come plays, whatever its clock says', () => {
    assert.equal(channelOf(opened(['first', 0], ['last', -60_000])), 1);
  });

  it('given one whose record is older by more than a minute, then it came late, and is not the place', () => {
    assert.equal(channelOf(opened(['newest', 0], ['replayed', -60_001])), 0);
  });

  it('given a session, then the place is since its CREATED', () => {
    assert.deepEqual(placeOf(opened(['s', -5])), { worldId: 0, channelId: 0, since: NOW - 5 });
  });
});
