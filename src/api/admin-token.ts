import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../lib/app-error.ts';

/** Tells whether a request bears the admin token. */
export interface AdminCheck {
  /** True for the bearer, false for a request without a token. Throws UNAUTHORIZED for a wrong one, or when none is set. */
  isAdmin(request: FastifyRequest): boolean;
  /** Throws UNAUTHORIZED for everybody but the bearer. */
  demandAdmin(request: FastifyRequest): void;
}

/** `expected` is ADMIN_TOKEN; undefined: nobody is admin. Digests are compared, in a time that depends on neither token. */
export function createAdminCheck(expected: string | undefined): AdminCheck {
  const expectedDigest = expected === undefined ? undefined : digest(expected);
  const isAdmin = (request: FastifyRequest): boolean => {
    const token = /^Bearer +(.*)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return false;
    if (expectedDigest !== undefined && timingSafeEqual(digest(token), expectedDigest)) return true;
    throw unauthorized('The bearer token is not the admin token, or none is set (ADMIN_TOKEN).');
  };
  return {
    isAdmin,
    demandAdmin(request) {
      if (!isAdmin(request)) throw unauthorized('This needs the admin token (ADMIN_TOKEN) as a bearer token.');
    },
  };
}

function unauthorized(message: string): AppError {
  return new AppError('UNAUTHORIZED', message);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
