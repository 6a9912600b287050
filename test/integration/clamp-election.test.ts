/** One sender of clamp commands among replicas that come, stop, pause and die, on real Kafka. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type FeedProbe, startProbe, topicNames } from '../support/feed-probe.ts';
import { type KafkaBroker, provisionKafka } from '../support/kafka-broker.ts';
import { createKafkaClient, type KafkaClient, uniqueName } from '../support/kafka-client.ts';
import { until } from '../support/wait.ts';

const SCRIPT = join(import.meta.dirname, '..', 'support', 'clamp-candidate.ts');
/** The session that the brokers grant, the heartbeat that tells the others, and a busy machine. */
const TAKE_OVER_MS = 30_000;
/** Falls of about a second and a half. */
const STEADY = 60;

interface Sent {
  readonly by: string;
  readonly id: number;
}

interface Candidate {
  readonly name: string;
  readonly process: ChildProcess;
  elected: boolean;
}

describe('one sender of clamp commands', () => {
  let broker: KafkaBroker;
  let kafka: KafkaClient;
  const topic = uniqueName('commands');
  const groupId = `${uniqueName('group')} clamp`;
  const candidates: Candidate[] = [];
  let probe: FeedProbe;

  before(async () => {
    broker = await provisionKafka();
    kafka = createKafkaClient(broker.brokers);
    await kafka.createTopic(topic);
  });

  after(async () => {
    for (const { process } of candidates) process.kill('SIGKILL');
    await kafka?.close();
    await broker?.close();
  });

  const stand = (name: string): Candidate => {
    const child = fork(SCRIPT, [broker.brokers.join(','), topic, groupId, name]);
    const candidate = { name, process: child, elected: false };
    child.on('message', (elected) => {
      candidate.elected = elected === true;
    });
    candidates.push(candidate);
    return candidate;
  };
  const sent = (): Sent[] =>
    probe.received.map(({ content: { value, headers } }) => ({
      by: `${headers.find(([name]) => `${name}` === 'ENVIRONMENT')?.[1]}`,
      id: JSON.parse(`${value}`).characterId,
    }));
  /** Resolves once the replica has sent so many more commands; returns all that were sent meanwhile. */
  const sentBy = async (name: string, count: number): Promise<Sent[]> => {
    const from = sent().length;
    await until(
      `${name} sends`,
      () =>
        sent()
          .slice(from)
          .filter(({ by }) => by === name).length >= count,
      TAKE_OVER_MS,
    );
    return sent().slice(from);
  };
  const sender = (): Promise<Candidate> =>
    until('one is elected', () => candidates.find(({ elected }) => elected), TAKE_OVER_MS);
  const othersThan = (candidate: Candidate): Candidate[] => candidates.filter((each) => each !== candidate);

  it('given three replicas, when nothing happens to them, then one sends each command once', async (t) => {
    probe = await startProbe(t, {
      brokers: broker.brokers,
      groupId: uniqueName('probe'),
      topics: topicNames({ skill: topic }),
    });
    for (const name of ['a', 'b', 'c']) stand(name);
    await until('all have joined', async () => (await kafka.memberCount(groupId)) === 3, TAKE_OVER_MS);
    const { name } = await sender();
    const commands = await sentBy(name, STEADY);
    assert.deepEqual(new Set(commands.map(({ by }) => by)), new Set([name]));
    assert.equal(new Set(commands.map(({ id }) => id)).size, commands.length, 'each once');

    await t.test(
      'given the sender pauses, when another one has taken over, then nothing is lost and it never sends again',
      async () => {
        const paused = await sender();
        const from = sent().length;
        paused.process.kill('SIGSTOP');
        const next = await until(
          'another one is elected',
          () => othersThan(paused).find(({ elected }) => elected),
          TAKE_OVER_MS,
        );
        await sentBy(next.name, STEADY);
        const mark = sent().length;
        paused.process.kill('SIGCONT');
        await sentBy(next.name, 4 * STEADY);
        assert.ok(
          sent()
            .slice(mark)
            .every(({ by }) => by === next.name),
          'the paused one sends after it was replaced',
        );
        assertHandedOver(sent().slice(from));
      },
    );

    await t.test('given the sender is killed, when another one has taken over, then nothing is lost', async () => {
      await until('all are back', async () => (await kafka.memberCount(groupId)) === 3, TAKE_OVER_MS);
      const killed = await sender();
      const from = sent().length;
      killed.process.kill('SIGKILL');
      const next = await until(
        'another one is elected',
        () => othersThan(killed).find(({ elected }) => elected),
        TAKE_OVER_MS,
      );
      await sentBy(next.name, 2 * STEADY);
      assertHandedOver(sent().slice(from));
      candidates.splice(candidates.indexOf(killed), 1);
    });

    await t.test('given the sender stops in order, then another one takes over within 5 s', async () => {
      const stopped = await sender();
      const from = sent().length;
      const began = performance.now();
      stopped.process.kill('SIGTERM');
      const next = await until(
        'another one is elected',
        () => othersThan(stopped).find(({ elected }) => elected),
        TAKE_OVER_MS,
      );
      const took = performance.now() - began;
      assert.ok(took < 5_000, `it took ${took} ms`);
      await sentBy(next.name, STEADY);
      assertHandedOver(sent().slice(from));
      if (stopped.process.exitCode === null) await once(stopped.process, 'exit');
      assert.equal(stopped.process.exitCode, 0);
    });
  });
});

/** Every fall from the first to the last was sent, none more than twice. */
function assertHandedOver(commands: readonly Sent[]): void {
  const times = new Map<number, number>();
  for (const { id } of commands) times.set(id, (times.get(id) ?? 0) + 1);
  const ids = [...times.keys()].sort((a, b) => a - b);
  const [first = 0] = commands.map(({ id }) => id);
  const last = ids.at(-1) ?? 0;
  for (let id = first; id <= last; id++) assert.ok(times.has(id), `fall ${id} of ${first} to ${last} was not sent`);
  for (const [id, count] of times) assert.ok(count <= 2, `fall ${id} was sent ${count} times`);
}
