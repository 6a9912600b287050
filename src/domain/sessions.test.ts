import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endedWith, withSession } from './sessions.ts';

const NOW = 1_772_000_000_000;

test('symptom: a session whose record has no time ends with any other one', () => {
  const created = (sessionId: string, recordTime: number) =>
    ({ sessionId, recordTime, worldId: 0, channelId: 1 }) as unknown as Parameters<typeof withSession>[1];
  const sessions = withSession(withSession([], created('timeless', -1), NOW), created('other', NOW), NOW);
  assert.deepEqual(
    endedWith(sessions, 'other').map(({ sessionId }) => sessionId),
    ['other'],
  );
});
