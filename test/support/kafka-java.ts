import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BrokerEffort,
  brokerProperties,
  type OwnKafkaBroker,
  type Progress,
  untilAnswering,
} from './kafka-broker.ts';
import { KAFKA_VERSION, kafkaJars } from './kafka-jars.ts';
import { freePort, type GuardedProcess, outputOf, spawnGuarded } from './process-guard.ts';

/** A short life would go to compiling for a long one: with these, a start takes half the processor time. */
const LIGHT = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** Where a broker listens: host:port, and the port of its controller. */
export interface BrokerPlaces {
  readonly address: string;
  readonly controllerPort: number;
}

/**
 * Kafka's own broker class on the machine's Java, with its data in a new temporary folder.
 *
 * @param more properties on top of the usual ones
 * @throws PrerequisiteMissing without Java 17 or Maven
 */
export async function startJavaBroker(
  progress: Progress,
  more: (places: BrokerPlaces) => Readonly<Record<string, string>> = () => ({}),
  effort: BrokerEffort = 'light',
): Promise<OwnKafkaBroker> {
  const classPath = join(await kafkaJars(progress), '*');
  const directory = await mkdtemp(join(tmpdir(), 'effective-stats-kafka-'));
  const settings = join(directory, 'server.properties');
  const logFile = join(directory, 'broker.log');
  const port = await freePort();
  const controllerPort = await freePort();
  const properties = {
    ...brokerProperties('127.0.0.1', port, controllerPort),
    'log.dirs': join(directory, 'data'),
    ...more({ address: `127.0.0.1:${port}`, controllerPort }),
  };
  const configure = (others: Readonly<Record<string, string>>): Promise<void> =>
    writeFile(
      settings,
      Object.entries({ ...properties, ...others })
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  await configure({});
  await format(classPath, settings);

  const brokers = [`127.0.0.1:${port}`];
  const arguments_ = [
    ...(effort === 'light' ? LIGHT : []),
    '-Xms256m',
    '-Xmx1g',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-cp',
    classPath,
    'kafka.Kafka',
    settings,
  ];
  let broker: GuardedProcess | undefined;
  const start = async (): Promise<void> => {
    broker = await spawnGuarded('java', arguments_, { logFile, directory });
    await untilAnswering(brokers).catch(async (error: unknown) => {
      const log = await readFile(logFile, 'utf8').catch(() => '');
      throw new Error(`the Kafka broker did not come up; the end of its log:\n${log.slice(-4_000)}`, { cause: error });
    });
  };
  const close = async (): Promise<void> => {
    await broker?.end('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  };
  progress(`starting Kafka ${KAFKA_VERSION} on Java`);
  await start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    brokers,
    origin: `Kafka ${KAFKA_VERSION} on Java`,
    start,
    stop: async (signal = 'SIGTERM') => broker?.end(signal, 30_000),
    pause: async () => broker?.signal('SIGSTOP'),
    resume: async () => broker?.signal('SIGCONT'),
    files: { data: join(directory, 'data'), controllerPort, configure },
    close,
  };
}

async function format(classPath: string, settings: string): Promise<void> {
  // The tool takes an id that begins with a dash for an option.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  const args = [...LIGHT, '-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings];
  if ((await outputOf('java', args, 120_000)) === undefined) throw new Error('Kafka could not format its data folder');
}
