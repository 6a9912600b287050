import { AppError, type ErrorCode } from '../lib/app-error.ts';
import { printableJson } from '../lib/printable.ts';
import { Answer } from './answer.ts';
import { isFieldProblem } from './field-problem.ts';

interface Mapping {
  readonly status: number;
  readonly title: string;
  /** What a client is told; without it, the error's own message: only where that is written for clients. */
  readonly detail?: string;
  /** Put before the message. */
  readonly lead?: string;
  /** Seconds after which it may work; known clients repeat a 503. */
  readonly retryAfter?: number;
}

const UPSTREAM: Mapping = {
  status: 503,
  title: 'Upstream service unavailable',
  detail: 'What the answer rests on cannot be read at the moment.',
  retryAfter: 1,
};

const INTERNAL: Mapping = { status: 500, title: 'Internal error', detail: 'The request failed; the log says why.' };

/** The only place that knows HTTP statuses of errors. Nothing internal in a title or detail. */
const MAPPINGS: Readonly<Record<ErrorCode, Mapping>> = {
  INVALID_REQUEST: { status: 400, title: 'Invalid request' },
  UNAUTHORIZED: { status: 401, title: 'Unauthorized' },
  // Clients look for "not found": the web UI repeats a 404 without it.
  CHARACTER_UNKNOWN: { status: 404, title: 'Character unknown', lead: 'Character not found: ' },
  NOT_FOUND: { status: 404, title: 'Not found', lead: 'Resource not found: ' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed' },
  REQUEST_TIMEOUT: { status: 408, title: 'Request timeout' },
  REQUEST_TOO_LARGE: { status: 413, title: 'Request too large' },
  EXPECTATION_FAILED: { status: 417, title: 'Expectation failed' },
  HEADERS_TOO_LARGE: { status: 431, title: 'Request header fields too large' },
  BASE_UNAVAILABLE: {
    status: 503,
    title: 'Base stats unavailable',
    detail: "The character's base stats cannot be read at the moment.",
    retryAfter: 1,
  },
  NOT_READY: { status: 503, title: 'Not ready', retryAfter: 1 },
  OVERLOADED: { status: 503, title: 'Overloaded', detail: 'There is too much to do at the moment.', retryAfter: 1 },
  UPSTREAM_UNREACHABLE: UPSTREAM,
  UPSTREAM_TIMEOUT: UPSTREAM,
  UPSTREAM_REFUSED: UPSTREAM,
  UPSTREAM_INVALID_ANSWER: UPSTREAM,
  UPSTREAM_STRANGER: UPSTREAM,
  UPSTREAM_GATE_OPEN: UPSTREAM,
  INTERNAL,
};

/** The answer to an error, as JSON:API errors. Anything but an AppError and Fastify's own refusals is a defect: 500. */
export function answerOfError(error: unknown): Answer {
  const known = appErrorOf(error);
  const { status, title, detail, lead = '', retryAfter } = MAPPINGS[known.code];
  const base = { status: String(status), code: known.code, title };
  const problems = fieldProblemsOf(known);
  const errors =
    problems.length > 0
      ? problems.map(({ detail: problem, source }) => ({ ...base, detail: problem, ...(source && { source }) }))
      : [{ ...base, detail: detail ?? `${lead}${known.message}` }];
  const headers = {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(typeof known.details.allow === 'string' ? { allow: known.details.allow } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
  return new Answer(status, printableJson(JSON.stringify({ errors })), headers);
}

/** Error code of what Node's HTTP parser refused; undefined: the connection is gone, or never spoke. */
export function errorOfConnection(nodeCode: string | undefined): AppError | undefined {
  switch (nodeCode) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('HEADERS_TOO_LARGE', 'The request line and headers are too long.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new AppError('REQUEST_TOO_LARGE', 'The chunk extensions are too long.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('REQUEST_TIMEOUT', 'The request did not arrive in time.');
    default:
      return new AppError('INVALID_REQUEST', 'The request is not well-formed HTTP.');
  }
}

function appErrorOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const refusal = statusOfRefusal(error);
  if (refusal === 413) return new AppError('REQUEST_TOO_LARGE', 'The resource takes no body of that size.');
  if (refusal !== undefined) return new AppError('INVALID_REQUEST', 'The request is not well-formed.');
  if (isHangUp(error)) return new AppError('INVALID_REQUEST', 'The client ended the connection within its request.');
  return new AppError('INTERNAL', 'defect', { cause: error });
}

/** The 4xx status of an error that Fastify itself raised; undefined: none. */
function statusOfRefusal(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return undefined;
  const { code, statusCode } = error;
  const refusal = typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number';
  return refusal && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

/** Node's error for a request whose client went away before its end. Nobody gets the answer. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET' && error.message === 'aborted';
}

function fieldProblemsOf({ code, details }: AppError) {
  const { problems } = details;
  return code === 'INVALID_REQUEST' && Array.isArray(problems) ? problems.filter(isFieldProblem) : [];
}
