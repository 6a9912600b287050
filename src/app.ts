import { randomBytes, randomUUID } from 'node:crypto';
import { createEffectiveStats } from './answers/effective-stats.ts';
import { createExplainer } from './answers/explainer.ts';
import { createPreviewer } from './answers/previewer.ts';
import { createReadFlow } from './answers/read-flow.ts';
import { createStatsReader } from './answers/stats-reader.ts';
import { createApi } from './api/api.ts';
import type { Replica } from './api/operations-routes.ts';
import { createAtlas } from './app/atlas.ts';
import { createIntake } from './app/intake.ts';
import { type App, createLifecycle, type Life } from './app/lifecycle.ts';
import { createOperatorActions } from './app/operator-actions.ts';
import type { AppPorts } from './app/ports.ts';
import { createReadiness } from './app/readiness.ts';
import { createRefreshing } from './app/refreshing.ts';
import { createRulesetChoice } from './app/ruleset-choice.ts';
import { createClamps } from './clamp/clamps.ts';
import type { Config } from './config/config.ts';
import { createShardCheck, shardText } from './domain/shard.ts';
import { createFeedWatch } from './ingest/feed-watch.ts';
import { createMoments } from './lib/moments.ts';
import { version } from './lib/version.ts';
import { createDriftLog } from './refresh/drift-log.ts';
import { createReadQueue } from './refresh/read-queue.ts';
import { createCharacters } from './state/characters.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createToldOnce } from './telemetry/told-once.ts';
import { SERVICE_OF_PART } from './upstream/port.ts';
import { createChangeLog } from './watch/change-log.ts';
import { createRollReader } from './watch/roll.ts';
import { createStoreRoll } from './watch/store-roll.ts';

export type { App } from './app/lifecycle.ts';
export type { AppPorts } from './app/ports.ts';

/** What encoded answers may weigh in memory, about: those of some 8,000 characters who wear 12 items. */
const ANSWERS_MAX_BYTES = 32 * 1024 * 1024;
/** Changes that are kept of those whom somebody watches. */
const CHANGES_BYTES = 8 * 1024 * 1024;

/** Composes the service from its rooms. What stands in `app/` are rooms' options that take some lines. */
export function createApp(config: Config, ports: AppPorts): App {
  const { clock, random, logger, feed, demo, tracing, clampSenders } = ports;
  const { checkRequirements, readWait, visitorMax } = config;
  const metrics = createMetrics();
  const defects = createToldOnce({ clock, log: (details, message) => logger.error(details, message) });
  const rulesetOf = createRulesetChoice(config);
  const atlas = createAtlas(config, ports, metrics);
  const { upstream, names } = atlas;

  // Who is held, and their numbers.
  const moments = createMoments(clock);
  const queue = createReadQueue(moments);
  const characters = createCharacters({
    moments,
    schedule: queue,
    visitorMax,
    visitorTtl: config.visitorTtl,
    residentIdleTtl: config.residentIdleTtl,
    expiryGrace: config.buffExpiryGrace,
    ownerOffset: (part) => atlas.ownerClocks.offset(SERVICE_OF_PART[part]),
    isOurs: createShardCheck(config.shard),
    onGone(character) {
      effective.forget(character);
      clamps?.forget(character);
    },
  });
  const watch = createFeedWatch(feed, clock, characters.followedSince);
  const watches = () => watch;
  const effective = createEffectiveStats({
    ...{ upstream, rulesetOf, watches, checkRequirements },
    expiryGrace: config.buffExpiryGrace,
    maxBytes: ANSWERS_MAX_BYTES,
  });

  // Who follows what changes.
  const roll = createStoreRoll({ characters, effective, clock });
  const changes = createChangeLog({ roll, clock, maxBytes: CHANGES_BYTES });
  const clamps =
    clampSenders &&
    createClamps({
      ...{ characters, effective, clock, random },
      ...clampSenders,
      onFailure: (err, waiting) =>
        logger.warn({ err, waiting }, 'clamp commands could not be sent and are tried again'),
    });

  // Reads and events.
  const driftLog = createDriftLog();
  const kept = { clock, random, logger, characters, queue, moments, clamps, changes, defects };
  const refresher = createRefreshing(config, { ...kept, upstream, rulesetOf, driftLog });
  const intake = createIntake(config, { ...kept, refresher, metrics, tracing });

  // Questions.
  const flow = createReadFlow({ characters, queue, refresher, clock, watches, readWait, visitorMax });
  const reader = createStatsReader({ flow, effective });
  const life: Life = { phase: 'starting' };
  const api = createApi({
    reader,
    explainer: createExplainer({ flow, effective, watches, queue }),
    previewer: createPreviewer({ flow, effective, upstream, rulesetOf, readWait }),
    names,
    watch: { roll, rollReader: createRollReader(roll, names, clock), changes, run: randomUUID().slice(0, 8) },
    page: { mode: config.mode, unnamedTenant: demo?.tenant },
    feed,
    readiness: createReadiness(life, feed, atlas),
    deadLetters: intake.deadLetters,
    operatorActions: createOperatorActions({ characters, refresher, atlas, intake, driftLog }),
    ...{ metrics, logger, clock, tracing },
    adminToken: config.adminToken,
    replica: replicaOf(config),
  });
  metrics.watch({
    build: { version, mode: config.mode },
    events: intake.eventCounts,
    feed,
    answers: reader,
    refreshes: refresher,
    gates: upstream.gates,
    characters,
    deadLetters: intake.deadLetters,
    caches: {
      ...characters.caches,
      answers: effective.counts,
      'unknown-ids': refresher.unknownIds,
      'static-data': upstream.staticDataCounts,
      names: names.counts,
      ...(clamps === undefined ? {} : { 'clamp-commands': clamps.waiting }),
    },
  });
  return createLifecycle(config, ports, { api, atlas, refresher, intake, clamps, changes, life });
}

/** Named as the platform does, with an ending that each start has of its own. */
function replicaOf({ podName, shard }: Config): Replica {
  const name = `${podName ?? 'effective-stats'}.${randomBytes(2).toString('hex')}`;
  return { name, shard: shard && shardText(shard) };
}
