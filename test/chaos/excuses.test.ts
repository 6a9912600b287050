import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../../src/upstream/port.ts';
import { createWorld, WORLD_TENANT } from '../../world/world.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { until } from '../support/wait.ts';
import { createExcuses, type ExcusesOptions } from './excuses.ts';
import type { Shipment } from './outbox.ts';
import type { Subject } from './subject.ts';
import type { Truth } from './truth-history.ts';

const WHO = { tenant: WORLD_TENANT, characterId: 12 };
/** Monotonic ms, well after everything. */
const ASKED_AT = 1_000_000;
const NEVER = Number.POSITIVE_INFINITY;

function excuses(t: TestContext, options: Partial<ExcusesOptions> = {}) {
  const created = createExcuses({
    brokerAwaySince: () => NEVER,
    failedUntil: () => -NEVER,
    askUpstream: async () => undefined,
    ...options,
  });
  t.after(created.stop);
  return created;
}

function shipment(stream: 'session' | 'character', value: object, at: number): Shipment {
  const record = { stream, key: Buffer.of(), headers: [], timestamp: 0, value: Buffer.from(JSON.stringify(value)) };
  return { record, characterId: 12, partition: 0, emittedAt: at, releaseAt: at, arrival: { at } };
}

function truth(until: number, toldAt: number): Truth {
  const world = createWorld({ seed: 1, clock: createFakeClock(), emit: () => undefined });
  const announcements = [shipment('character', {}, toldAt)];
  return { character: world.makeUp(WHO), since: 0, until, announcements };
}

const subjectOf = (times: Partial<Subject>) => ({ startedAt: 0, upSince: 0, ...times }) as Subject;

describe('excuses', () => {
  it('given upstream services that the twin itself is slow to play, then a 503 is excused; else not', async (t) => {
    const subject = subjectOf({ upSince: -NEVER });
    const slow = excuses(t, { askUpstream: () => delay(700) });
    const quick = excuses(t);
    await until('the twin was slow', () => slow.mayLackBase(subject));
    assert.equal(quick.mayLackBase(subject), false);
  });

  it('given a truth whose end was told 8 s ago, then it may be believed; 1 ms longer, then not', (t) => {
    const mayBeBelieved = excuses(t).mayBeBelieved(ASKED_AT);
    assert.equal(mayBeBelieved(truth(0, ASKED_AT - 8_000)), true);
    assert.equal(mayBeBelieved(truth(0, ASKED_AT - 8_001)), false);
  });

  it('given no broker for longer, then the service has to ask by itself: what is not told yet excuses nothing', (t) => {
    const untold = truth(ASKED_AT - 8_001, NEVER);
    assert.equal(excuses(t).mayBeBelieved(ASKED_AT)(untold), true);
    const brokerAwaySince = () => ASKED_AT - 8_001;
    assert.equal(excuses(t, { brokerAwaySince }).mayBeBelieved(ASKED_AT)(untold), false);
  });

  it('given values that came again, then they are retold; given those that came once, then not', (t) => {
    const each = excuses(t);
    each.sent(WHO, shipment('character', { body: { values: { luck: 5 } } }, ASKED_AT), 'event');
    assert.deepEqual(each.retold(WHO), []);
    each.sent(WHO, shipment('character', { body: { values: { luck: 5 } } }, ASKED_AT), 'repetition');
    assert.deepEqual(each.retold(WHO), [{ luck: 5 }]);
  });

  it('given a service that failed until 10 s ago, then it excuses nothing any more', (t) => {
    const failing = (ms: number) => (service: Service) => (service === 'characters' ? performance.now() - ms : -NEVER);
    const up = subjectOf({ upSince: -NEVER });
    const [lately, before] = [9_000, 10_000].map((ms) => excuses(t, { failedUntil: failing(ms) }));
    assert.deepEqual([lately?.mayLackBase(up), before?.mayLackBase(up)], [true, false]);
    assert.deepEqual([...(lately?.degradable() ?? [])], ['base']);
    assert.deepEqual([...(before?.degradable() ?? [])], []);
    assert.equal(before?.mayLackBase(subjectOf({ upSince: performance.now() })), true);
  });

  it('given an answer by the same process and a session that it has met, then the base must be had', (t) => {
    const session = (type: 'CREATED' | 'DESTROYED', sessionId: string, at: number) =>
      shipment('session', { sessionId, type }, at);
    const must = (startedAt: number, ...sent: readonly Shipment[]): boolean => {
      const each = excuses(t);
      const subject = subjectOf({ startedAt });
      for (const one of sent) each.sent(WHO, one, 'event');
      each.answered(subject, WHO, 500, ASKED_AT);
      return each.mustHaveBase(subject, WHO);
    };
    const met = ASKED_AT - 25_001;
    assert.equal(must(500, session('CREATED', 'a', met)), true);
    assert.equal(must(500, session('CREATED', 'a', 1)), true, 'one of before its start is replayed');
    assert.equal(must(501, session('CREATED', 'a', met)), false, 'another process has answered');
    assert.equal(must(500, session('CREATED', 'a', met + 1)), false, 'it may not have met it');
    assert.equal(must(500, session('CREATED', 'a', met), session('DESTROYED', 'a', met)), false);
    const laterEnded = [session('CREATED', 'b', met), session('DESTROYED', 'b', met)];
    assert.equal(must(500, session('CREATED', 'a', met), ...laterEnded), false, 'it may have ended with a later one');
  });
});
