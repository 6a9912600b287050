import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HEARD_AT, NOW, readPart } from '../../test/support/hearing.ts';
import { type Freshness, freshnessOf, isFresh } from './freshness.ts';
import { type PartState, unloaded } from './part-state.ts';
import type { BaseFact } from './parts/base.ts';
import type { BaseRow } from './rows.ts';

const MOMENT = { now: NOW, mono: HEARD_AT };
const WATCH = { current: true, since: Number.NEGATIVE_INFINITY };

const part = (patch: Partial<PartState<BaseRow, BaseFact>>) => readPart<BaseRow, BaseFact>('' as BaseRow, patch);
const doubt = { reason: 'base changed', since: NOW, until: HEARD_AT } as const;

describe('how far a part can be trusted', () => {
  const cases: readonly [what: string, Freshness, ReturnType<typeof part>, Partial<typeof WATCH>?][] = [
    ['never read', 'unloaded', unloaded<BaseRow, BaseFact>(undefined)],
    ['read', 'fresh', part({})],
    ['doubted', 'stale', part({ doubt })],
    ['to be confirmed', 'settling', part({ confirmAt: HEARD_AT + 1 })],
    ['to be confirmed for less than 2 s', 'settling', part({ confirmAt: HEARD_AT - 1_999 })],
    ['to be confirmed for 2 s', 'stale', part({ confirmAt: HEARD_AT - 2_000 })],
    ['read before events were missed', 'unwatched', part({ began: HEARD_AT - 1 }), { since: HEARD_AT }],
    ['read less than 5 s ago, unwatched', 'fresh', part({ began: HEARD_AT - 4_999 }), { current: false }],
    ['read 5 s ago, unwatched', 'unwatched', part({ began: HEARD_AT - 5_000 }), { current: false }],
    ['doubted and unwatched', 'stale', part({ doubt }), { current: false }],
  ];
  for (const [what, freshness, state, watch] of cases) {
    it(`given one that is ${what}, then it is ${freshness}`, () => {
      assert.equal(freshnessOf(state, MOMENT, { ...WATCH, ...watch }), freshness);
      assert.equal(isFresh(state, MOMENT, { ...WATCH, ...watch }), freshness === 'fresh' || freshness === 'settling');
    });
  }
});
