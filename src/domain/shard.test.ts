import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { createShardCheck, createShardHash } from './shard.ts';
import { tenantOf } from './tenant.ts';

const TENANT = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);
const CHARACTERS_MAX = 4_294_967_295;

/** From Python: `(zlib.crc32(b'083839c6-c47c-42a6-9585-76492795d123/12') >> 16) & 0x7fff`, and so on. */
const KNOWN = [
  [0, 5_226],
  [1, 25_453],
  [12, 20_996],
  [1_000, 9_290],
  [1_234_567_890, 30_688],
  [4_294_967_295, 2_614],
] as const;

describe('the hash that decides on a shard', () => {
  for (const [characterId, hash] of KNOWN) {
    it(`given character ${characterId}, then it is ${hash}`, () => {
      assert.equal(createShardHash()(TENANT, characterId), hash);
    });
  }

  it('given any tenant and character, then it is that of zlib', () => {
    const hashOf = createShardHash();
    const ids = fc.tuple(fc.uuid(), fc.integer({ min: 0, max: CHARACTERS_MAX }));
    fc.assert(
      fc.property(ids, ([id, characterId]) => {
        const tenant = tenantOf(id.toUpperCase(), 'GMS', 83, 1);
        assert.equal(hashOf(tenant, characterId), (crc32(`${id}/${characterId}`) >>> 16) & 0x7fff);
      }),
    );
  });

  for (const count of [2, 3, 4, 7, 16]) {
    it(`given ids that follow one another and ${count} shards, then each has its share of them, within a tenth`, () => {
      const hashOf = createShardHash();
      const ids = Array.from({ length: 20_000 }, (_, index) => 1_000 + index);
      const sizes = new Map<number, number>();
      for (const id of ids) {
        const index = hashOf(TENANT, id) % count;
        sizes.set(index, (sizes.get(index) ?? 0) + 1);
      }
      assert.equal(sizes.size, count);
      const fair = ids.length / count;
      for (const size of sizes.values()) assert.ok(Math.abs(size - fair) < fair / 10, `${size} instead of ${fair}`);
    });
  }
});

describe('a shard', () => {
  it('given any character, then exactly one of four has it', () => {
    const shards = [0, 1, 2, 3].map((index) => createShardCheck({ index, count: 4 }));
    for (let id = 1; id < 1_000; id++) {
      assert.equal(shards.filter((isOurs) => isOurs(TENANT, id)).length, 1, `character ${id}`);
    }
  });

  it('given none, then everybody is ours', () => {
    assert.equal(createShardCheck(undefined)(TENANT, 12), true);
  });
});
