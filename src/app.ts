import { randomBytes, randomUUID } from 'node:crypto';
import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Demo, startDemo } from '../world/demo.ts';
import { demoNotice } from '../world/demo-notice.ts';
import { createEffectiveStats } from './answers/effective-stats.ts';
import { createExplainer } from './answers/explainer.ts';
import { createPreviewer } from './answers/previewer.ts';
import { createReadFlow } from './answers/read-flow.ts';
import { createStatsReader } from './answers/stats-reader.ts';
import { createApi } from './api/api.ts';
import type { Degradation, ReadinessReport, Replica } from './api/operations-routes.ts';
import type { OperatorActions } from './api/operator-routes.ts';
import type { ClampWatchOptions } from './clamp/clamp-watch.ts';
import { type Clamps, createClamps } from './clamp/clamps.ts';
import { createKafkaCommandProducer } from './clamp/kafka/kafka-command-producer.ts';
import { createKafkaElection } from './clamp/kafka/kafka-election.ts';
import { type Config, type KafkaConfig, TOPIC_VARIABLES } from './config/config.ts';
import { PARTS } from './domain/part.ts';
import type { Ruleset } from './domain/ruleset.ts';
import { rulesetByName } from './domain/rulesets/index.ts';
import { createShardCheck, shardText } from './domain/shard.ts';
import type { Tenant } from './domain/tenant.ts';
import { createDecoder } from './events/decoder.ts';
import { createDeadLetters } from './ingest/dead-letters.ts';
import { createEventCounts } from './ingest/event-counts.ts';
import { type Feed, STREAM_OF_PART } from './ingest/feed.ts';
import { createFeedWatch } from './ingest/feed-watch.ts';
import { createInProcessFeed } from './ingest/in-process/in-process-feed.ts';
import { createKafkaFeed } from './ingest/kafka/kafka-feed.ts';
import { createPipeline } from './ingest/pipeline.ts';
import { redrive } from './ingest/redrive.ts';
import { tracedHandler } from './ingest/traced-handler.ts';
import { AppError } from './lib/app-error.ts';
import type { Clock } from './lib/clock.ts';
import { createMoments } from './lib/moments.ts';
import { version } from './lib/version.ts';
import { createDriftLog } from './refresh/drift-log.ts';
import { createReadQueue } from './refresh/read-queue.ts';
import { createRefresher } from './refresh/refresher.ts';
import { createCharacters } from './state/characters.ts';
import type { Logger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createToldOnce } from './telemetry/told-once.ts';
import type { Tracing } from './telemetry/tracing.ts';
import { createHttpNames } from './upstream/http/http-names.ts';
import { createHttpUpstream } from './upstream/http/http-upstream.ts';
import { createOutages, describeAddresses, type ServiceAddress } from './upstream/outages.ts';
import { createOwnerClocks } from './upstream/owner-clocks.ts';
import { mapServices, SERVICE_OF_PART, SERVICES, type Service } from './upstream/port.ts';
import { callRoll } from './upstream/roll-call.ts';
import { eventCause, readCause } from './watch/causes.ts';
import { createChangeLog } from './watch/change-log.ts';
import { createRollReader } from './watch/roll.ts';
import { createStoreRoll } from './watch/store-roll.ts';

/** What the service takes from outside. */
export interface AppPorts {
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly logger: Logger;
  /** Where events come from and where the truth is asked for; left out: {@link openOutside}. */
  readonly openOutside?: typeof openOutside;
  /** How the truth is asked for; left out: over HTTP. */
  readonly createUpstream?: typeof createHttpUpstream;
}

export interface App {
  /** Resolves once HTTP listens, with the server's origin. Brokers and upstream services are waited for afterwards. */
  start(): Promise<string>;
  /** Says that it is not ready any more, and goes on for SHUTDOWN_DELAY, so that load balancers can turn away. */
  drain(): Promise<void>;
  /** Drains: HTTP finishes, the batch in hand is applied, offsets are committed. */
  stop(): Promise<void>;
}

/** What encoded answers may weigh in memory, about. */
const ANSWERS_MAX_BYTES = 64 * 1024 * 1024;
const DEAD_LETTERS = { maxLetters: 1_000, maxBytes: 8 * 1024 * 1024 };
/** Changes that are kept of those whom somebody watches. */
const CHANGES_BYTES = 8 * 1024 * 1024;
/** How often a service that is not there is asked whether it is back. */
const ROLL_CALL_MS = 5_000;
/** How long a stop waits for reads that are under way; their results would be thrown away. */
const REFRESHES_STOP_MS = 500;

/** Composes the service: the only place that knows which adapter stands behind a port. */
export async function createApp(config: Config, ports: AppPorts): Promise<App> {
  const { clock, random, logger } = ports;
  const metrics = createMetrics();
  const eventCounts = createEventCounts();
  const deadRecords = createToldOnce({ clock, log: (details, message) => logger.warn(details, message) });
  const defects = createToldOnce({ clock, log: (details, message) => logger.error(details, message) });
  const deadLetters = createDeadLetters({
    ...DEAD_LETTERS,
    onAdded({ topic, partition, offset, reason }, code) {
      deadRecords.tell(`${topic} ${code}`, { topic, partition, offset, reason }, 'a record could not be read');
    },
  });
  const rulesetOf = createRulesetChoice(config);
  const { feed, addresses, demo } = await (ports.openOutside ?? openOutside)(config, clock, ports);
  const outages = createOutages({ addresses, clock, logger });
  const tracing = await openTracing(config, logger);
  const ownerClocks = createOwnerClocks(clock);
  const requests = {
    baseUrls: mapServices((service) => addresses[service].url),
    clock,
    random,
    timeout: config.httpClientTimeout,
    environment: config.atlasEnvironment,
    tracing,
    onDate: ownerClocks.note,
    observe: (service: Service, outcome: string, seconds: number) =>
      metrics.upstreamAnswered(service, outcome, seconds * 1_000),
    onEnvironmentRefused: outages.environmentRefused,
  };
  const upstream = (ports.createUpstream ?? createHttpUpstream)({
    ...requests,
    onEnd: outages.ended,
    concurrency: config.upstreamConcurrency,
    dataConcurrency: Math.floor(config.upstreamConcurrency / 2),
    staticDataMax: config.staticDataMax,
  });
  const names = createHttpNames({ ...requests, gates: upstream.gates });
  const moments = createMoments(clock);
  const queue = createReadQueue(moments);
  const characters = createCharacters({
    moments,
    schedule: queue,
    visitorMax: config.visitorMax,
    visitorTtl: config.visitorTtl,
    residentIdleTtl: config.residentIdleTtl,
    expiryGrace: config.buffExpiryGrace,
    ownerOffset: (part) => ownerClocks.offset(SERVICE_OF_PART[part]),
    isOurs: createShardCheck(config.shard),
    onGone: (character) => effective.forget(character),
  });
  const watch = createFeedWatch(feed, clock, characters.followedSince);
  const effective = createEffectiveStats({
    upstream,
    rulesetOf,
    watches: () => watch,
    expiryGrace: config.buffExpiryGrace,
    checkRequirements: config.checkRequirements,
    maxBytes: ANSWERS_MAX_BYTES,
  });
  const driftLog = createDriftLog();
  const refresher = createRefresher({
    characters,
    queue,
    upstream,
    moments,
    rulesetOf,
    random,
    checkRequirements: config.checkRequirements,
    concurrency: config.upstreamConcurrency,
    auditPeriod: config.auditPeriod,
    onMerged(claim) {
      try {
        clamps?.check(claim.character);
        if (changes.watching) changes.record(claim.character, readCause(claim));
      } catch (err) {
        const { tenant, characterId } = claim.character;
        defects.tell(
          String(err),
          { err, tenant: tenant.key, characterId },
          'a defect: a read could not be followed up',
        );
      }
    },
    onDrift({ character: { tenant, characterId }, part }) {
      driftLog.add({ tenant, characterId, part, at: clock.now() });
      logger.warn({ tenant: tenant.key, characterId, part }, 'the audit found drift and repaired it');
    },
    onFailure({ character: { tenant, characterId }, part }, err) {
      const details = { err, tenant: tenant.key, characterId, part };
      if (err instanceof AppError) logger.debug(details, 'a read failed and is tried again');
      else logger.error(details, 'a defect: a read failed and is tried again');
    },
  });
  const roll = createStoreRoll({ characters, effective, clock });
  const changes = createChangeLog({ roll, clock, maxBytes: CHANGES_BYTES });
  const clamps = openClamps(config, { characters, effective, clock, random, logger });
  const { readWait, visitorMax } = config;
  const flow = createReadFlow({ characters, queue, refresher, clock, watches: () => watch, readWait, visitorMax });
  const reader = createStatsReader({ flow, effective });
  const explainer = createExplainer({ flow, effective, watches: () => watch, queue });
  const previewer = createPreviewer({ flow, effective, upstream, rulesetOf, readWait });
  const apply = createPipeline({
    decoder: createDecoder({
      ...(config.atlasEnvironment === undefined ? {} : { environment: config.atlasEnvironment }),
      ...(config.shard === undefined ? {} : { isConcerned: characters.concerns }),
      onDefect: (err) => defects.tell(String(err), { err }, 'a defect: a record could not be read'),
    }),
    characters,
    deadLetters,
    eventCounts,
    moments,
    onEvent: (event) => clamps?.check(event),
    onApplied: refresher.wake,
    onDefect(err, event) {
      const about = event && { type: event.type, tenant: event.tenant.key, characterId: event.characterId };
      defects.tell(String(err), { err, ...about }, 'a defect: an event could not be applied or followed up');
    },
    onVisible: metrics.eventVisible,
    isWatched: () => changes.watching,
    onWatched: (event, record) => changes.record(event, eventCause(event, record)),
  });
  const leaving = new AbortController();
  let phase: 'starting' | 'started' | 'stopping' = 'starting';

  let listening: Promise<string> | undefined;
  const isStopping = (): boolean => phase === 'stopping';

  const readiness = (): ReadinessReport => {
    if (phase !== 'started') return { ready: false, reason: `The service is ${phase}.` };
    return { ready: true, degraded: degradations() };
  };

  const isShut = (service: Service): boolean => upstream.gates[service].state === 'open';

  const absent = (): Service[] => {
    const named = new Set(outages.now().map(({ service }) => service));
    return SERVICES.filter((service) => named.has(service) || isShut(service));
  };

  const degradations = (): Degradation[] => {
    const reasons = new Set(Object.values(feed.health().streams).flatMap(({ reason }) => reason ?? []));
    const feedTrouble = [...reasons].map((reason) => ({ what: 'feed', reason }));
    const failing = SERVICES.filter(isShut).map((what) => {
      return { what, reason: `most requests fail; it is being probed: ${outages.reason(what) ?? 'it may be back'}` };
    });
    const silent = outages.now().filter(({ service }) => !isShut(service));
    return [...feedTrouble, ...failing, ...silent.map(({ service, reason }) => ({ what: service, reason }))];
  };

  const caches = {
    ...characters.caches,
    answers: effective.counts,
    'unknown-ids': refresher.unknownIds,
    'static-data': upstream.staticDataCounts,
    names: names.counts,
    ...(clamps === undefined ? {} : { 'clamp-commands': clamps.waiting }),
  };
  metrics.watch({
    build: { version, mode: config.mode },
    events: eventCounts,
    feed,
    answers: reader,
    refreshes: refresher,
    gates: upstream.gates,
    characters,
    deadLetters,
    caches,
  });
  const handle = tracedHandler(apply, tracing);
  const { adminToken } = config;
  const operatorActions: OperatorActions = {
    reread(tenant, characterId) {
      const character = characters.find(tenant, characterId);
      if (character !== undefined) characters.doubt(character, PARTS, 'an operator asked');
      refresher.wake();
      return character !== undefined;
    },
    flushStaticData() {
      upstream.flushStaticData();
      names.flush();
    },
    redrive: (choice) => redrive(deadLetters, handle, choice),
    drift: driftLog.list,
  };
  const api = createApi({
    reader,
    explainer,
    previewer,
    names,
    watch: { roll, rollReader: createRollReader(roll, names, clock), changes, run: randomUUID().slice(0, 8) },
    page: { mode: config.mode, unnamedTenant: demo?.tenant },
    feed,
    readiness,
    deadLetters,
    operatorActions,
    metrics,
    logger,
    clock,
    adminToken,
    tracing,
    replica: replicaOf(config),
  });

  return {
    async start() {
      refresher.start();
      clamps?.start();
      // No host: Node listens on both IPv6 and IPv4, or on IPv4 where there is no IPv6.
      listening = api.listen({ port: config.restPort, host: '' });
      await listening;
      const origin = originOf(api.server.address());
      if (isStopping()) return origin;
      if (config.mode === 'kafka') {
        const { brokers, topics } = config.kafka;
        logger.info({ brokers, topics }, 'events come from these brokers and topics');
      }
      logger.info(`Look at it: ${origin}/`);
      await feed.start(handle, {
        onCaughtUp(partition) {
          queue.caughtUp(partition);
          refresher.wake();
        },
        onReplayed() {
          characters.replayed();
          refresher.wake();
        },
        onMissed(streams, partitions, reason) {
          // Who is there may have changed, and with that everything about them.
          const parts = PARTS.filter((part) => streams.includes('session') || streams.includes(STREAM_OF_PART[part]));
          const { residents, visitors } = characters.population();
          if (residents + visitors > 0)
            logger.warn({ partitions, parts, reason }, 'events may have been missed: all held are re-read');
          characters.distrust(parts);
          refresher.wake();
        },
        onUnreadable({ streams, reason, detail, bytes, ...where }) {
          for (const stream of streams) {
            eventCounts.dead(stream, reason);
            deadLetters.add({ ...where, stream, reason: detail, headers: [], value: bytes, isBatch: true });
          }
        },
      });
      if (isStopping()) return origin;
      logger.info(`upstream services: ${describeAddresses(addresses)}`);
      void callRoll({ ask: upstream.askWhetherThere, absent, outages, pause: ROLL_CALL_MS, signal: leaving.signal });
      phase = 'started';
      logger.info({ origin, mode: config.mode, ruleset: config.ruleset }, 'effective-stats is ready');
      for (const line of demo === undefined ? [] : demoNotice(demo, origin)) logger.info(line);
      return origin;
    },
    async drain() {
      phase = 'stopping';
      await delay(config.shutdownDelay);
    },
    async stop() {
      phase = 'stopping';
      leaving.abort();
      // What has not begun to listen cannot be closed.
      await listening?.catch(() => undefined);
      await demo?.stop();
      changes.close();
      const closed = await Promise.allSettled([feed.stop(), api.close()]);
      await refresher.stop(REFRESHES_STOP_MS);
      closed.push(...(await Promise.allSettled([upstream.close(), names.close(), clamps?.stop()])));
      await tracing?.close();
      for (const result of closed) {
        if (result.status === 'rejected')
          logger.error({ err: result.reason }, 'a part of the service did not stop in order');
      }
      logger.info('effective-stats has stopped');
    },
  };
}

/** Named as the platform does, with an ending that each start has of its own. */
function replicaOf({ podName, shard }: Config): Replica {
  const name = `${podName ?? 'effective-stats'}.${randomBytes(2).toString('hex')}`;
  return { name, shard: shard && shardText(shard) };
}

/** The ruleset of a tenant: by its id, else by its region and version, else the general one. */
function createRulesetChoice({ ruleset, rulesetOverrides }: Config): (tenant: Tenant) => Ruleset {
  const general = rulesetByName(ruleset);
  const named = Object.entries(rulesetOverrides).map(([key, name]) => [key, rulesetByName(name)] as const);
  if (named.length === 0) return () => general;
  const overrides = new Map(named);
  return ({ id, region, majorVersion, minorVersion }) =>
    overrides.get(id) ?? overrides.get(`${region}/${majorVersion}.${minorVersion}`) ?? general;
}

/** Clamp commands go to Kafka when they are switched on; the demo has nobody to send them to. */
function openClamps(
  config: Config,
  {
    random,
    logger,
    ...watched
  }: Omit<AppPorts, 'clock'> & Pick<ClampWatchOptions, 'characters' | 'effective' | 'clock'>,
): Clamps | undefined {
  if (config.mode !== 'kafka' || config.commandTopic === undefined) return undefined;
  const { groupId, topics: _topics, ...brokers } = kafkaOptionsOf(config);
  const { commandTopic: topic, serviceName: clientId, shard } = config;
  const connection = { ...brokers, clientId };
  const election = createKafkaElection({
    connection,
    groupId: `${groupId} clamp${shard === undefined ? '' : ` ${shardText(shard)}`}`,
    mono: watched.clock.mono,
    random,
    onChange: (elected) =>
      logger.info(elected ? 'clamp commands are sent from here' : 'clamp commands are no longer sent from here'),
    onFailure(err, attempt) {
      const message = 'who sends clamp commands cannot be settled; tried again';
      if (attempt === 1) logger.warn({ err }, message);
      else logger.debug({ err, attempt }, message);
    },
  });
  return createClamps({
    ...watched,
    producer: createKafkaCommandProducer({ connection, topic, uuid: randomUUID }),
    election,
    random,
    onFailure: (err, waiting) => logger.warn({ err, waiting }, 'clamp commands could not be sent and are tried again'),
  });
}

/** The libraries take a third of a second to load: only when there is somebody to send spans to. */
async function openTracing({ traces, serviceName }: Config, logger: Logger): Promise<Tracing | undefined> {
  if (traces === undefined) return undefined;
  const { createOtlpTracing } = await import('./telemetry/otlp-tracing.ts');
  return createOtlpTracing({ ...traces, serviceName, logger });
}

function originOf(address: ReturnType<Server['address']>): string {
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : String(address);
}

export interface Outside {
  readonly feed: Feed;
  readonly addresses: Readonly<Record<Service, ServiceAddress>>;
  readonly demo: Demo | undefined;
}

/** Where events come from and where the truth is asked for: Kafka and Atlas, or the demo's stand-ins in this process. */
export async function openOutside(config: Config, clock: Clock, { random, logger }: AppPorts): Promise<Outside> {
  if (config.mode === 'kafka') {
    const feed = createKafkaFeed({
      ...kafkaOptionsOf(config),
      ...{ clock, random, logger },
      clientId: config.serviceName,
      topicVariables: TOPIC_VARIABLES,
      sessionReplay: config.residentIdleTtl,
    });
    const { serviceUrls, serviceUrlVariables } = config;
    const addresses = mapServices((service) => {
      return { url: serviceUrls[service], setBy: serviceUrlVariables[service] };
    });
    return { feed, addresses, demo: undefined };
  }
  const feed = createInProcessFeed(clock);
  const demo = await startDemo({ publish: (record) => void feed.publish(record), clock });
  return { feed, addresses: mapServices(() => ({ url: demo.baseUrl, setBy: 'the demo' })), demo };
}

function kafkaOptionsOf({ kafka: { brokers, groupId, topics, tls, sasl } }: KafkaConfig) {
  return {
    brokers,
    groupId,
    topics,
    ...(tls === undefined ? {} : { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
