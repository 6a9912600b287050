import type { StateStore } from '../../../src/state/store.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createStateBench, type StateBench } from '../../support/state-bench.ts';

export interface StoreSettings {
  readonly clock: FakeClock;
  readonly visitorMax: number;
  readonly visitorTtl: number;
  readonly residentIdleTtl: number;
  readonly expiryGrace: number;
}

/** Benches on new stores of one kind. */
export interface StoreBenches {
  setUp(visitorMax?: number, visitorTtl?: number): StateBench;
  /** With the character logged in and loaded, well away from that load, so that its allowances play no part. */
  loggedIn(...parts: Parameters<StateBench['load']>): Promise<StateBench>;
}

export function createStoreBenches(create: (settings: StoreSettings) => StateStore): StoreBenches {
  const setUp = (visitorMax = 10, visitorTtl = 30_000): StateBench => {
    const clock = createFakeClock();
    const settings = { clock, visitorMax, visitorTtl, residentIdleTtl: 3_600_000, expiryGrace: 15_000 };
    return createStateBench(create(settings), clock);
  };
  return {
    setUp,
    async loggedIn(...[parts]) {
      const bench = setUp();
      await bench.login();
      await bench.load(parts);
      bench.clock.pass(60_000);
      return bench;
    },
  };
}
