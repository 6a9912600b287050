import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { slotWord } from '../domain/slot.ts';

// The page's modules are no TypeScript; those without a browser in them are tried here, the others in test/page.
const load = (name: string) => import(new URL(`./app/${name}`, import.meta.url).href);

const EVENT = { kind: 'event', type: 'asset-moved', topic: 'asset', partition: 0, offset: 7 };
const READ = { kind: 'read', part: 'equipment' };

function change(second: number, cause: object, ...moves: readonly (readonly [string, number, number])[]) {
  const stats = moves.map(([statType, from, to]) => ({ statType, from, to }));
  return { id: `a-${second}`, at: new Date(second * 1_000).toISOString(), cause, stats };
}

test('given changes, when only what moved is shown, then a read tells which event asked for it', async () => {
  const { visibleChanges } = await load('past.js');
  const moved = change(2, READ, ['luck', 4, 5]);
  assert.deepEqual(visibleChanges([change(1, EVENT), moved]), [{ ...moved, after: EVENT }]);
  assert.deepEqual(visibleChanges([change(1, EVENT), { ...moved, at: change(9, READ).at }])[0].after, undefined);
  assert.deepEqual(visibleChanges([change(1, EVENT, ['luck', 3, 4]), moved])[1].after, undefined, 'that had its own');
});

test('given a moment that is past, when its sheet is wanted, then later changes are taken back, or the sheet is as it was seen', async () => {
  const { sheetAt } = await load('past.js');
  const sheet = (now: number, luck: number) => ({
    data: {
      attributes: {
        now: new Date(now * 1_000).toISOString(),
        stats: [{ statType: 'luck', value: luck, uncapped: luck, phases: [1] }],
      },
    },
  });
  const changes = [
    change(1, EVENT, ['luck', 4, 5]),
    change(3, EVENT, ['luck', 5, 9]),
    change(5, EVENT, ['luck', 9, 2]),
  ];
  const now = sheet(6, 2);
  const luckAt = (at: number | undefined, seen: object[] = []) => {
    const { stats, isWhole } = sheetAt(at, changes, now, seen);
    return [stats[0].value, isWhole];
  };
  assert.deepEqual(luckAt(undefined), [2, true]);
  assert.deepEqual(
    [luckAt(1), luckAt(0), luckAt(-1)],
    [
      [9, false],
      [5, false],
      [4, false],
    ],
  );
  assert.deepEqual(luckAt(1, [sheet(2, 5), sheet(4, 9), now]), [9, true]);
  assert.deepEqual(luckAt(1, [sheet(2, 5), sheet(4, 7)]), [9, false], 'what was seen contradicts what was told');
});

test('given metrics, when they are read, then labels and sums are theirs, and spreads are of what came between', async () => {
  const { readMetrics, sum, quantile } = await load('prometheus.js');
  const text = (fast: number, slow: number) => `# HELP x y
x{a="1",b="q\\"\\\\"} 2
x{a="2"} 3.5
s_bucket{service="data",le="0.001"} ${fast}
s_bucket{service="data",le="0.1"} ${fast + slow}
s_bucket{service="data",le="+Inf"} ${fast + slow}
s_bucket{service="skills",le="+Inf"} 99
plain 1`;
  const before = readMetrics(text(10, 0));
  const now = readMetrics(text(13, 7));
  assert.deepEqual(now.get('x')[0].labels, { a: '1', b: 'q"\\' });
  assert.deepEqual([sum(now, 'x'), sum(now, 'x', { a: '2' }), sum(now, 'plain'), sum(now, 'none')], [5.5, 3.5, 1, 0]);
  const spread = (share: number) => quantile(before, now, 's', { service: 'data' }, share);
  assert.deepEqual([spread(0.2), spread(0.95)], [0.001, 0.1]);
  assert.equal(quantile(now, now, 's', { service: 'data' }, 0.5), undefined);
});

test('given the slots of a character, when the page names them, then with the words of the API', async () => {
  const words = await load('words.js');
  for (let slot = -150; slot < 0; slot += 1) assert.equal(words.slotWord(slot), slotWord(slot));
});

test('symptom: answers and parameters that the description only refers to are shown without a word', async () => {
  const { resolved } = await load('reference.js');
  const description = JSON.parse(readFileSync(new URL('../../docs/reference/openapi.json', import.meta.url), 'utf8'));
  const { get } = description.paths['/api/worlds/{worldId}/channels/{channelId}/characters/{characterId}/stats'];
  const large = get.responses['431'];
  assert.equal(large.description, undefined, 'it only refers to another part');
  assert.match(resolved(large, description).description, /larger than 16 KB/);
  assert.deepEqual(resolved({ type: 'string' }, description), { type: 'string' });
});
