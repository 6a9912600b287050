/**
 * What is wrong with each upstream service, for people: one line when an outage begins, with the service's URL, the variable
 * that set it, and the cause, and one when it is over.
 *
 * Modes of a service: well → failing (something failed) → well, once it answers and nothing has failed for {@link OVER_MS}:
 * one id may go on failing while all others are answered. Of one service a line about failures is written once in
 * {@link TELL_MS} at most, and then only when it is about another outage or another kind of failure.
 */
import { AppError, type ErrorCode } from '../lib/app-error.ts';
import { causeText } from '../lib/cause-text.ts';
import type { Clock } from '../lib/clock.ts';
import { SERVICES, type Service } from './port.ts';

/** Where a service is asked, and what says so: the name of an environment variable. */
export interface ServiceAddress {
  readonly url: string;
  readonly setBy: string;
}

/** All addresses in one line, each once. */
export function describeAddresses(addresses: Readonly<Record<Service, ServiceAddress>>): string {
  const byAddress = Map.groupBy(SERVICES, (service) => `${addresses[service].url} (${addresses[service].setBy})`);
  return [...byAddress].map(([address, services]) => `${services.join(', ')} at ${address}`).join('; ');
}

export interface Outages {
  /** How a request to the service ended; undefined: it was answered. What is no AppError is a defect of ours. */
  ended(service: Service, error: unknown): void;
  /** The service answers, but only without the environment that requests name. */
  environmentRefused(service: Service, environment: string): void;
  /** Services whose last answers came from strangers, or that have not answered at all, and why, without addresses; for people. */
  now(): readonly { readonly service: Service; readonly reason: string }[];
  /** Why the service failed last; undefined: it never has, or the outage is over. */
  reason(service: Service): string | undefined;
}

export interface OutagesOptions {
  readonly addresses: Readonly<Record<Service, ServiceAddress>>;
  readonly clock: Pick<Clock, 'mono'>;
  readonly logger: Readonly<Record<'info' | 'warn' | 'error', (details: object, text: string) => void>>;
}

const OVER_MS = 15_000;
const TELL_MS = 60_000;
/** Environments that are remembered as told; they come with events. */
const TOLD_MAX = 100;

/** Failures that say that nobody, or somebody else, is at the address. */
const ABSENT: readonly ErrorCode[] = ['UPSTREAM_STRANGER', 'UPSTREAM_UNREACHABLE', 'UPSTREAM_TIMEOUT'];

interface Outage {
  error: AppError;
  failedAt: number;
  /** Whether the service has answered since it failed last. */
  answered: boolean;
  /** Of the failure that the last line was about; undefined: there was none. */
  toldCode: ErrorCode | undefined;
}

export function createOutages({ addresses, clock, logger }: OutagesOptions): Outages {
  const open = new Map<Service, Outage>();
  const toldAt = new Map<Service, number>();
  const defectToldAt = new Map<Service, number>();
  const environmentsTold = new Set<string>();

  const isDue = (told: Map<Service, number>, service: Service): boolean => {
    const at = told.get(service);
    if (at !== undefined && clock.mono() < at + TELL_MS) return false;
    told.set(service, clock.mono());
    return true;
  };

  function failed(service: Service, error: AppError): void {
    const toldCode = open.get(service)?.toldCode;
    const outage: Outage = { error, failedAt: clock.mono(), answered: false, toldCode };
    open.set(service, outage);
    if (toldCode === error.code || !isDue(toldAt, service)) return;
    outage.toldCode = error.code;
    const { url, setBy } = addresses[service];
    logger.warn(
      { upstream: service },
      `${setBy} (${url}): ${causeText(error)}; what it owns is asked for again and again`,
    );
  }

  function answered(service: Service): void {
    const outage = open.get(service);
    if (outage === undefined) return;
    outage.answered = true;
    if (clock.mono() < outage.failedAt + OVER_MS) return;
    open.delete(service);
    if (outage.toldCode !== undefined) logger.info({ upstream: service }, `the ${service} service answers again`);
  }

  return {
    ended(service, error) {
      if (error === undefined) answered(service);
      else if (error instanceof AppError) failed(service, error);
      else if (isDue(defectToldAt, service)) {
        logger.error({ upstream: service, err: error }, `a defect: answers of the ${service} service cannot be read`);
      }
    },
    environmentRefused(service, environment) {
      const key = `${service} ${environment}`;
      if (environmentsTold.has(key) || environmentsTold.size >= TOLD_MAX) return;
      environmentsTold.add(key);
      const asked = 'it is asked without, each time anew';
      logger.warn({ upstream: service, environment }, `the ${service} service does not know an ENVIRONMENT: ${asked}`);
    },
    now: () =>
      SERVICES.flatMap((service) => {
        const outage = open.get(service);
        const isAbsent = outage !== undefined && !outage.answered && ABSENT.includes(outage.error.code);
        return isAbsent ? [{ service, reason: reasonOf(service, outage) }] : [];
      }),
    reason(service) {
      const outage = open.get(service);
      return outage === undefined ? undefined : reasonOf(service, outage);
    },
  };

  function reasonOf(service: Service, { error }: Outage): string {
    return `${error.message} (see ${addresses[service].setBy})`;
  }
}
