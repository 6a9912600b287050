/**
 * A replica as far as clamp commands go, in a process of its own: outbox, election and producer as they are, and a fall of
 * another character every 25 ms, the same ones in every replica. Ends when its starter is gone.
 * Arguments: brokers, topic, group, own name (which its commands carry as their environment).
 */
import { randomUUID } from 'node:crypto';
import { createCommandOutbox } from '../../src/clamp/command-outbox.ts';
import { createKafkaCommandProducer } from '../../src/clamp/kafka/kafka-command-producer.ts';
import { createKafkaElection } from '../../src/clamp/kafka/kafka-election.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { WORLD_TENANT } from '../../world/world.ts';

const [brokers = '', topic = '', groupId = '', name = ''] = process.argv.slice(2);
const EACH_MS = 25;
const connection = { brokers: brokers.split(','), clientId: name };
const election = createKafkaElection({
  connection,
  groupId,
  mono: systemClock.mono,
  random: Math.random,
  onChange: (elected) => process.send?.(elected),
  onFailure: (error) => process.stderr.write(`${name}: ${error}\n`),
});
const outbox = createCommandOutbox({
  producer: createKafkaCommandProducer({ connection, topic, uuid: randomUUID }),
  latest: (command) => command,
  maySend: election.isElected,
  mono: systemClock.mono,
  random: Math.random,
  onFailure: (error) => process.stderr.write(`${name}: ${error}\n`),
});

const fallOf = (characterId: number) =>
  ({
    type: 'CLAMP_HP',
    tenant: WORLD_TENANT,
    characterId,
    worldId: 0,
    channelId: 1,
    maxValue: 1,
    context: { environment: name },
  }) as const;

/** Which falls there have been by now, the same for all replicas. */
const count = (): number => Math.floor(Date.now() / EACH_MS) % 2 ** 31;
let noticed = count();
setInterval(() => {
  for (const until = count(); noticed < until; noticed++) outbox.add(fallOf(noticed));
}, EACH_MS);
setInterval(outbox.turn, 250);
election.start(outbox.turn);

process.on('disconnect', () => process.exit(1));
process.on('SIGTERM', () => {
  void outbox
    .stop(500)
    .then(election.stop)
    .then(() => process.exit(0));
});
