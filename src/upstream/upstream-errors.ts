import { AppError } from '../lib/app-error.ts';
import type { Service } from './port.ts';

/** No answer: refused, reset, unknown host. */
export function unreachable(service: Service, cause: unknown): AppError {
  return new AppError('UPSTREAM_UNREACHABLE', `the ${service} service cannot be reached`, {
    retryable: true,
    cause,
    details: { service },
  });
}

/** `deadline` in ms, for headers and body together. */
export function timedOut(service: Service, deadline: number): AppError {
  return new AppError('UPSTREAM_TIMEOUT', `the ${service} service did not answer within ${deadline} ms`, {
    retryable: true,
    details: { service, deadline },
  });
}

/** A status that is neither 200 nor 404. */
export function refused(service: Service, status: number): AppError {
  return new AppError('UPSTREAM_REFUSED', `the ${service} service answered ${status}`, {
    retryable: true,
    details: { service, status },
  });
}

/** What answered is something else than the service; `why` says how that shows, without repeating what was answered. */
export function stranger(service: Service, why: string): AppError {
  return new AppError('UPSTREAM_STRANGER', `what answered is not the ${service} service: ${why}`, {
    retryable: true,
    details: { service, why },
  });
}

/** `why` says what is wrong without repeating what was answered. */
export function invalidAnswer(service: Service, why: string, cause?: unknown): AppError {
  return new AppError('UPSTREAM_INVALID_ANSWER', `the ${service} service answered what cannot be true: ${why}`, {
    retryable: true,
    cause,
    details: { service, why },
  });
}

export function gateOpen(service: Service): AppError {
  return new AppError('UPSTREAM_GATE_OPEN', `requests to the ${service} service are held back while it fails`, {
    retryable: true,
    details: { service },
  });
}

/** A 404 for something that there must be, or while the service denies all. */
export function denied(service: Service): AppError {
  return invalidAnswer(service, DENIAL);
}

const DENIAL = 'it says 404 of what it has had, too';

export function isDenial(error: AppError): boolean {
  return error.details.why === DENIAL;
}

/** True for {@link refused}. */
export function wasRefused(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'UPSTREAM_REFUSED';
}

/** True for {@link refused} with this status. */
export function wasRefusedWith(status: number, error: unknown): boolean {
  return wasRefused(error) && error.details.status === status;
}

/** True when it is the service that failed, or what stands between; false for a gate that is open and for our own defects. */
export function isServiceFailure(error: unknown): error is AppError {
  return error instanceof AppError && error.code.startsWith('UPSTREAM_') && error.code !== 'UPSTREAM_GATE_OPEN';
}
