import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Clamps } from '../clamp/clamps.ts';
import type { Config } from '../config/config.ts';
import type { Refresher } from '../refresh/refresher.ts';
import { describeAddresses } from '../upstream/outages.ts';
import { callRoll } from '../upstream/roll-call.ts';
import type { ChangeLog } from '../watch/change-log.ts';
import type { Atlas } from './atlas.ts';
import type { Intake } from './intake.ts';
import type { AppPorts } from './ports.ts';

/** Where the service is in its life. A stop may come during the start. */
export interface Life {
  phase: 'starting' | 'started' | 'stopping';
}

export interface App {
  /** Resolves once HTTP listens, with the server's origin. Brokers and upstream services are waited for afterwards. */
  start(): Promise<string>;
  /** Says that it is not ready any more, and goes on for SHUTDOWN_DELAY, so that load balancers can turn away. */
  drain(): Promise<void>;
  /** Drains: HTTP finishes, the batch in hand is applied, offsets are committed. */
  stop(): Promise<void>;
}

interface Rooms {
  readonly api: FastifyInstance;
  readonly atlas: Atlas;
  readonly refresher: Refresher;
  readonly intake: Pick<Intake, 'handle' | 'listeners'>;
  readonly clamps: Clamps | undefined;
  readonly changes: ChangeLog;
  /** Kept up to date from here. */
  readonly life: Life;
}

/** How often a service that is not there is asked whether it is back. */
const ROLL_CALL_MS = 5_000;
/** How long a stop waits for reads that are under way; their results would be thrown away. */
const REFRESHES_STOP_MS = 500;

/** Starts the rooms, and stops them in the reverse order. */
export function createLifecycle(config: Config, ports: AppPorts, rooms: Rooms): App {
  const { feed, addresses, demo, tracing, logger } = ports;
  const { api, refresher, intake, clamps, changes, life } = rooms;
  const { upstream, names, outages, absent } = rooms.atlas;
  const leaving = new AbortController();
  const isStopping = (): boolean => life.phase === 'stopping';
  let listening: Promise<string> | undefined;

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
      await feed.start(intake.handle, intake.listeners);
      if (isStopping()) return origin;
      logger.info(`upstream services: ${describeAddresses(addresses)}`);
      void callRoll({ ask: upstream.askWhetherThere, absent, outages, pause: ROLL_CALL_MS, signal: leaving.signal });
      life.phase = 'started';
      logger.info({ origin, mode: config.mode, ruleset: config.ruleset }, 'effective-stats is ready');
      for (const line of demo?.notice(origin) ?? []) logger.info(line);
      return origin;
    },
    async drain() {
      life.phase = 'stopping';
      await delay(config.shutdownDelay);
    },
    async stop() {
      life.phase = 'stopping';
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

function originOf(address: ReturnType<Server['address']>): string {
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : String(address);
}
