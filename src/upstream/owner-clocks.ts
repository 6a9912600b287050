import type { Clock } from '../lib/clock.ts';
import type { Service } from './port.ts';

/**
 * The clocks of the upstream services, as the `Date` of their last answers tells: what a service's events are dated with is
 * compared with its own time, never with ours. A wrong one costs reads.
 */
export interface OwnerClocks {
  /** An answer's Date (epoch ms, whole seconds), and the monotonic ms of its request and of its arrival. */
  note(service: Service, date: number, sentAt: number, receivedAt: number): void;
  /** Ms to add to our clock to get the service's; 0 while they agree. */
  offset(service: Service): number;
}

/** A difference that is put down to whole seconds and latency. */
const TOLERANCE_MS = 2_000;
/** Answers that took longer say too little about when their Date was written, but where nothing else is known. */
const ROUND_TRIP_MAX_MS = 1_000;
/** A Date is cut to the second: on average it is this much behind. */
const DATE_ROUNDING_MS = 500;

export function createOwnerClocks(clock: Clock): OwnerClocks {
  /** `origin`: the service's epoch ms less our monotonic ms: a step of our clock does not change it. Off by `error` ms at most. */
  const known = new Map<Service, { readonly origin: number; readonly error: number }>();
  return {
    note(service, date, sentAt, receivedAt) {
      const isSlow = receivedAt - sentAt > ROUND_TRIP_MAX_MS;
      if (isSlow && known.has(service)) return;
      const origin = date + DATE_ROUNDING_MS - (sentAt + receivedAt) / 2;
      known.set(service, { origin, error: isSlow ? (receivedAt - sentAt) / 2 : 0 });
    },
    offset(service) {
      const told = known.get(service);
      if (told === undefined) return 0;
      const offset = told.origin + clock.mono() - clock.now();
      return Math.abs(offset) > TOLERANCE_MS + told.error ? offset : 0;
    },
  };
}
