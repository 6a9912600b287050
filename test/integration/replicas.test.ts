/**
 * Several replicas of the whole service under Atlas's own settings: one group, one partition per topic, beside a foreign member of
 * that group. Somebody plays, somebody asks them in turn, and they are started, stopped, killed and paused meanwhile.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Consumer } from '@platformatic/kafka';
import type { Character } from '../../world/model.ts';
import { WORLD_TENANT } from '../../world/world.ts';
import { createTruthHistory, type TruthHistory } from '../chaos/truth-history.ts';
import { equals } from '../support/differences.ts';
import { startProbe, topicNames } from '../support/feed-probe.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { uniqueName } from '../support/kafka-client.ts';
import { oracleStats } from '../support/oracle.ts';
import { type ServiceProcess, type StatsAnswer, startService } from '../support/service-process.ts';
import { createTurns, type Turns } from '../support/turns.ts';
import { until } from '../support/wait.ts';
import { startWorldOnKafka, type WorldOnKafka } from '../support/world-on-kafka.ts';

const CHARACTERS = 30;
const IDS = Array.from({ length: CHARACTERS }, (_, index) => 1_000 + index);
const CAPE = 1102040;
const HYPER_BODY = 1301007;
const DEED_EACH_MS = 25;
/** As long as the twin grants (test/chaos/readers.ts): 5 s until a feed that stands still shows, one more, and the confirming read. */
const WINDOW_MS = 8_000;
/** Until everything is right again everywhere, on a busy machine. */
const REST_MS = 30_000;
const TAKE_OVER_MS = 40_000;

describe('replicas', () => {
  let broker: KafkaBroker;
  let atlas: WorldOnKafka;
  let history: TruthHistory;
  let turns: Turns;
  let foreign: Consumer;
  let playing = false;
  let player: Promise<void> | undefined;
  const replicas: ServiceProcess[] = [];
  const capes = new Map<number, number>();
  const commandTopic = uniqueName('commands');

  const who = (characterId: number) => ({ tenant: WORLD_TENANT, characterId });

  before(async () => {
    broker = await provisionKafka();
    atlas = await startWorldOnKafka(broker.brokers);
    await atlas.kafka.createTopic(commandTopic);
    const base = { level: 60, job: 110, strength: 200, dexterity: 60, max_hp: 2_000, max_mp: 300 };
    for (const characterId of IDS) {
      atlas.world.makeUp({ ...who(characterId), base });
      capes.set(characterId, atlas.world.give(who(characterId), CAPE));
      atlas.world.login(who(characterId), 1);
    }
    history = createTruthHistory(atlas.world);
    foreign = await joinAsForeigner();
    const next = Array.from({ length: 1_000 }, (_, index) => IDS[(index * 7) % CHARACTERS] ?? 0);
    let asked = 0;
    turns = createTurns({ tenant: WORLD_TENANT, pick: () => next[asked++ % next.length] ?? 0, judge });
  });

  after(async () => {
    playing = false;
    await player;
    await turns?.stop();
    await Promise.all(replicas.map((replica) => replica.end('SIGKILL')));
    await foreign?.close(true);
    await atlas?.close();
    await broker?.close();
  });

  afterEach(() => {
    assert.deepEqual(turns.faults.slice(0, 5), [], `${turns.faults.length} faults in ${turns.answers} answers`);
  });

  /** The Go service as it still runs: an active member of the group, so that nobody else's commits are taken. */
  async function joinAsForeigner(): Promise<Consumer> {
    const member = new Consumer({
      clientId: 'go-service',
      bootstrapBrokers: [...broker.brokers],
      groupId: atlas.variables['KAFKA_CONSUMER_GROUP'] ?? '',
    });
    member.topics.trackAll(...Object.values(atlas.topics));
    await member.joinGroup();
    return member;
  }

  const start = async (): Promise<ServiceProcess> => {
    const replica = await startService({
      ...atlas.variables,
      CLAMP_COMMANDS: 'on',
      COMMAND_TOPIC_CHARACTER: commandTopic,
      SHUTDOWN_DELAY: '5s',
      REDIS_URL: 'redis:6379',
    });
    replicas.push(replica);
    turns.add(replica);
    return replica;
  };
  const replicaAt = (index: number): ServiceProcess => replicas.at(index) ?? assert.fail();
  const end = async (replica: ServiceProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    turns.note(replica, signal === 'SIGTERM' ? 'ending' : 'silent');
    const code = await replica.end(signal);
    turns.remove(replica);
    replicas.splice(replicas.indexOf(replica), 1);
    if (signal === 'SIGTERM') assert.equal(code, 0, 'it ends in order');
  };

  const statsMatch = ({ attributes }: StatsAnswer, character: Character): boolean => {
    const expected = oracleStats(character, { now: Date.now(), grace: 15_000 });
    return equals(attributes, expected);
  };

  /** Degraded answers say so themselves; any other one was true within the window. */
  function judge(characterId: number, answer: StatsAnswer, askedAt: number): string | undefined {
    if (answer.degraded.length > 0) return undefined;
    const truths = history.of(who(characterId), (truth) => truth.until >= askedAt - WINDOW_MS);
    if (truths.some(({ character }) => statsMatch(answer, character))) return undefined;
    return `character ${characterId}: ${answer.body}`;
  }

  /** Each character changes in one way only, so that an answer is one of its truths and no mixture. */
  const play = (count: number): void => {
    const characterId = IDS[count % CHARACTERS] ?? 0;
    const round = Math.floor(count / CHARACTERS) % 2;
    const cape = capes.get(characterId) ?? 0;
    if (count % 3 === 0) atlas.world.spendAp(who(characterId), 'strength');
    else if (count % 3 === 1)
      round === 0 ? atlas.world.equip(who(characterId), cape) : atlas.world.unequip(who(characterId), cape);
    else if (round === 1) atlas.world.expireBuff(who(characterId), HYPER_BODY);
    else {
      const changes = [{ type: 'HYPER_BODY_HP', amount: 60 }];
      atlas.world.applyBuff(who(characterId), { sourceId: HYPER_BODY, level: 30, duration: 600_000, changes });
    }
    history.note([]);
  };
  const startPlaying = (): void => {
    playing = true;
    player = (async () => {
      for (let count = 0; playing; count++) {
        play(count);
        await delay(DEED_EACH_MS);
      }
    })();
  };

  /** Nobody plays, and every replica answers everybody right, undegraded. */
  const isRight = async (what: string): Promise<void> => {
    playing = false;
    await player;
    await atlas.flushed();
    const tags = new Map<number, Set<string | null>>();
    for (const replica of replicas) {
      for (const characterId of IDS) {
        await until(
          `${what}: ${replica.origin} is right about ${characterId}`,
          async () => {
            const answer = await replica.stats(WORLD_TENANT, characterId);
            const right = answer.degraded.length === 0 && statsMatch(answer, atlas.world.get(who(characterId)));
            if (right) tags.set(characterId, (tags.get(characterId) ?? new Set()).add(answer.headers.get('etag')));
            return right;
          },
          REST_MS,
        );
      }
    }
    for (const [characterId, seen] of tags) assert.equal(seen.size, 1, `ETags of ${characterId} differ`);
    startPlaying();
  };
  const answered = async (replica: ServiceProcess, count: number): Promise<void> => {
    const from = turns.answersOf(replica);
    await until(`${replica.origin} has answered ${count} more`, () => turns.answersOf(replica) >= from + count, 60_000);
  };

  it('given two beside a foreign member of their group, then both are ready and right, and the group is the other’s', async () => {
    const [first, second] = [await start(), await start()];
    startPlaying();
    await answered(first, 200);
    await answered(second, 200);
    await isRight('two replicas');
    assert.equal(await atlas.kafka.memberCount(atlas.variables['KAFKA_CONSUMER_GROUP'] ?? ''), 1);
    for (const replica of [first, second]) {
      assert.equal(replica.output().match(/REDIS_URL is set and not needed/g)?.length, 1, 'told once');
      const { current } = (await (await replica.get('/api/debug/consumers')).json()) as { current: boolean };
      assert.equal(current, true);
    }
  });

  it('given kill -9 of one, then the other notices nothing, and one that is started is right from its first answer', async () => {
    await end(replicaAt(0), 'SIGKILL');
    await answered(replicaAt(0), 200);
    await answered(await start(), 200);
    await isRight('after the kill');
  });

  it('given a pause of one, then the others notice nothing, and it gives no wrong answer when it goes on', async () => {
    const paused = replicaAt(0);
    turns.note(paused, 'silent');
    paused.signal('SIGSTOP');
    await answered(replicaAt(1), 400);
    await delay(WINDOW_MS);
    paused.signal('SIGCONT');
    await answered(paused, 200);
    turns.note(paused, 'none');
    await isRight('after the pause');
  });

  it('given four, and one again, then every stop is announced, and nobody asks in vain', async () => {
    for (let count = replicas.length; count < 4; count++) await start();
    for (const replica of replicas) await answered(replica, 100);
    await isRight('four replicas');
    for (let count = replicas.length; count > 1; count--) {
      await end(replicaAt(0), 'SIGTERM');
      await answered(replicaAt(0), 100);
    }
    await isRight('one replica');
  });

  it('given a roll-out, then the old one is replaced by the new one, and nobody asks in vain', async () => {
    for (let round = 0; round < 2; round++) {
      const old = replicaAt(0);
      await start();
      await end(old, 'SIGTERM');
      await answered(replicaAt(0), 100);
    }
    await isRight('after the roll-out');
  });

  it('given a restart between the login and the loss of a cape, then it still clamps, though nobody has asked', async (t) => {
    const hero = { tenant: WORLD_TENANT, characterId: 77 };
    atlas.world.makeUp({ ...hero, base: { level: 60, job: 110, max_hp: 2_000 } });
    const cape = atlas.world.give(hero, CAPE);
    atlas.world.equip(hero, cape);
    atlas.world.login(hero, 3);
    await atlas.flushed();
    playing = false;
    await player;
    await end(replicaAt(0), 'SIGKILL');
    const topics = topicNames({ character: commandTopic });
    const probe = await startProbe(t, { brokers: broker.brokers, groupId: uniqueName('probe'), topics });
    const restarted = await start();
    await until(
      'everybody who is online is known and loaded again',
      async () => {
        const metrics = await (await restarted.get('/api/metrics')).text();
        const loads = [...metrics.matchAll(/^effective_stats_refreshes_total\{.*?\} (\d+)$/gm)];
        const residents = /^effective_stats_residents (\d+)$/m.exec(metrics)?.[1];
        const loaded = loads.reduce((sum, [, count]) => sum + Number(count), 0);
        return Number(residents) === CHARACTERS + 1 && loaded >= 4 * (CHARACTERS + 1);
      },
      60_000,
    );
    atlas.world.unequip(hero, cape);
    const clamps = () =>
      probe.received.map(({ content }) => JSON.parse(`${content.value}`)).filter((sent) => sent.characterId === 77);
    const [command] = await until('it is clamped', () => clamps().length > 0 && clamps(), TAKE_OVER_MS);
    assert.deepEqual([command?.type, command?.body], ['CLAMP_HP', { channelId: 3, maxValue: 2_000 }]);
  });
});
