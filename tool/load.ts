import type { KafkaConfig } from '../src/config/config.ts';
import { STREAMS } from '../src/events/stream.ts';
import { systemClock } from '../src/lib/clock.ts';
import { type Demo, startDemo } from '../world/demo.ts';
import { defineCommand, EXIT, Failure, type Terminal } from './command.ts';
import { reasonOf } from './doctor/finding.ts';
import { connectionOf, kafkaConfig } from './environment.ts';
import { createProgressBar } from './progress-bar.ts';
import type { TopicWriter } from './topic-writer.ts';
import { duration, integer } from './values.ts';

const NO_BROKERS = 'load needs a Kafka to play on: name its brokers with --brokers HOST:PORT, or in BOOTSTRAP_SERVERS.';
const REPORT_MS = 250;
/** Without an end, the bar counts the seconds of this long, again and again. */
const HOUR_MS = 3_600_000;

export const load = defineCommand({
  summary: 'Play Atlas: characters that live, their events on a real Kafka, and the services that answer about them.',
  details: [
    'Topics are those of the EVENT_TOPIC_* variables, and are made when they are missing. Character 999 changes every 2 s.',
    'Point a service at it with BOOTSTRAP_SERVERS and BASE_SERVICE_URL. Never use it on the Kafka of a real installation.',
  ],
  options: {
    brokers: {
      type: 'string',
      placeholder: 'HOST:PORT',
      description: 'The Kafka brokers. BOOTSTRAP_SERVERS when left out.',
    },
    host: { type: 'string', placeholder: 'HOST', default: '127.0.0.1', description: 'Where the services listen.' },
    port: { type: 'string', placeholder: 'PORT', default: '8081', description: 'Their port; 0 takes any free one.' },
    characters: { type: 'string', placeholder: 'COUNT', default: '200', description: 'How many live.' },
    rate: {
      type: 'string',
      placeholder: 'COUNT',
      default: '40',
      description: 'What they do in a second, all together; most of it makes an event or two.',
    },
    for: {
      type: 'string',
      placeholder: 'DURATION',
      description: 'How long, such as 30s or 10m. Until it is stopped when left out.',
    },
  },
  async run({ values }, terminal) {
    const characters = integer('--characters', values.characters, 1, 1_000_000);
    const actionsPerSecond = integer('--rate', values.rate, 0, 100_000);
    const listen = { host: values.host, port: integer('--port', values.port, 0, 65_535) };
    const ms = values.for === undefined ? undefined : duration('--for', values.for);
    // It is Atlas itself: the URLs of the services mean nothing to it.
    const urls = { BASE_SERVICE_URL: 'http://127.0.0.1/' };
    const config = kafkaConfig(terminal.env, NO_BROKERS, { ...urls, BOOTSTRAP_SERVERS: values.brokers });
    const writer = await openWriter(config);
    try {
      const demo = await startDemo({
        publish: writer.add,
        clock: systemClock,
        characters,
        actionsPerSecond,
        listen,
      }).catch((error: unknown) => {
        throw new Failure(`The services cannot listen on ${listen.host}:${listen.port}: ${messageOf(error)}`);
      });
      return await play({ demo, writer, ms, json: values.json === true }, terminal);
    } finally {
      await writer.close();
    }
  },
});

async function openWriter(config: KafkaConfig): Promise<TopicWriter> {
  const topics = config.kafka.topics;
  // The client library takes half a second to load: too much for --help.
  const { createTopicWriter } = await import('./topic-writer.ts');
  try {
    return await createTopicWriter(connectionOf(config), topics, [...new Set(STREAMS.map((stream) => topics[stream]))]);
  } catch (error) {
    throw new Failure(`Kafka at ${config.kafka.brokers.join(',')} cannot be used: ${reasonOf(error)}`);
  }
}

interface Play {
  readonly demo: Demo;
  readonly writer: TopicWriter;
  /** undefined: until it is stopped. */
  readonly ms: number | undefined;
  readonly json: boolean;
}

async function play({ demo, writer, ms, json }: Play, { stdout, signal }: Terminal) {
  const tell = (line: object, text: string): void =>
    void stdout.write(json ? `${JSON.stringify(line)}\n` : `${text}\n`);
  const { id, region, majorVersion, minorVersion } = demo.tenant;
  const tenant = `${id}/${region}/${majorVersion}.${minorVersion}`;
  tell(
    { event: 'started', baseServiceUrl: demo.baseUrl, tenant, characterId: demo.sampleCharacterId },
    `The services answer at BASE_SERVICE_URL=${demo.baseUrl}\nTenant ${tenant}, character ${demo.sampleCharacterId} changes every 2 s.`,
  );
  const begun = Date.now();
  const bar = createProgressBar(Math.round((ms ?? HOUR_MS) / 1_000));
  const counts = () => ({
    events: writer.sent,
    waiting: writer.waiting,
    failures: writer.failures,
    requests: demo.requests(),
  });
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const elapsed = Date.now() - begun;
      const { events, waiting, failures, requests } = counts();
      const trouble = failures === 0 ? '' : `, ${waiting} waiting, ${failures} failures`;
      bar.update(
        Math.floor((ms === undefined ? elapsed % HOUR_MS : Math.min(elapsed, ms)) / 1_000),
        's',
        `, ${events} events, ${requests} requests${trouble}`,
      );
      if (signal.aborted || (ms !== undefined && elapsed >= ms)) {
        clearInterval(timer);
        done();
      }
    }, REPORT_MS);
  });
  bar.stop();
  await demo.stop();
  await writer.flush();
  const totals = counts();
  tell(
    { event: 'ended', seconds: Math.round((Date.now() - begun) / 1_000), ...totals },
    `${totals.events} events sent, ${totals.requests} requests answered.`,
  );
  return totals.waiting > 0 ? EXIT.wrong : EXIT.fine;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
