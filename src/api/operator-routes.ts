import type { FastifyRequest } from 'fastify';
import type { CharacterId, Tenant } from '../domain/tenant.ts';
import type { RedriveChoice, RedriveResult } from '../ingest/redrive.ts';
import { AppError } from '../lib/app-error.ts';
import type { Drift } from '../refresh/drift-log.ts';
import type { AdminCheck } from './admin-token.ts';
import { ok, okDocument } from './answer.ts';
import { CHARACTER_URL, type CharacterRequestReader } from './character-request.ts';
import { type FieldProblem, invalidFields, queryProblem } from './field-problem.ts';
import type { Handler } from './handling.ts';

/** What an operator can set in motion. */
export interface OperatorActions {
  /** Re-reads every part of a held character; false: it is not held. */
  reread(tenant: Tenant, characterId: CharacterId): boolean;
  /** Asks for all static game data anew, e.g. after a data import; what is known serves until it is answered. */
  flushStaticData(): void;
  redrive(choice: RedriveChoice): Promise<RedriveResult>;
  /** The differences that audits have found and repaired, newest first. */
  drift(): readonly Drift[];
}

export const REREAD_URL = `${CHARACTER_URL}/stats/reread`;
export const FLUSH_URL = '/api/debug/static-data/flush';
export const REDRIVE_URL = '/api/debug/dead-letters/redrive';
export const DRIFT_URL = '/api/debug/drift';

export function createRereadHandler(
  actions: OperatorActions,
  admin: AdminCheck,
  requestOf: CharacterRequestReader,
): Handler {
  return (request) => {
    admin.demandAdmin(request);
    const { tenant, characterId } = requestOf(request);
    if (actions.reread(tenant, characterId)) return ok(JSON.stringify({ status: 'asked for' }));
    throw new AppError('NOT_FOUND', 'this character is not held; its next read loads it.');
  };
}

export function createFlushHandler(actions: OperatorActions, admin: AdminCheck): Handler {
  return (request) => {
    admin.demandAdmin(request);
    actions.flushStaticData();
    return ok(JSON.stringify({ status: 'asked for' }));
  };
}

export function createRedriveHandler(actions: OperatorActions, admin: AdminCheck): Handler {
  return async (request) => {
    admin.demandAdmin(request);
    return ok(JSON.stringify(await actions.redrive(choiceOf(request))));
  };
}

export function createDriftHandler(actions: OperatorActions): Handler {
  return () => {
    const drift = actions.drift().map(({ tenant, characterId, part, at }) => ({
      tenant: tenant.key,
      characterId,
      part,
      time: new Date(at).toISOString(),
    }));
    return okDocument({ drift });
  };
}

/**
 * `topic`, `partition` and `offset` narrow the choice; without them, all dead letters are meant. What cannot be understood is
 * refused: left out, it would widen the choice.
 */
function choiceOf({ query }: FastifyRequest): RedriveChoice {
  const problems: FieldProblem[] = [];
  const choice: { topic?: string; partition?: number; offset?: number } = {};
  for (const [name, value] of Object.entries(typeof query === 'object' && query !== null ? query : {})) {
    const text = String(value);
    if (typeof value !== 'string') problems.push(queryProblem(name, 'one value', text));
    else if (name === 'topic' && text !== '') choice.topic = text;
    else if (name === 'topic') problems.push(queryProblem(name, 'a topic', text));
    else if (name !== 'partition' && name !== 'offset')
      problems.push(queryProblem(name, 'one of topic, partition, offset', text));
    else if (/^\d{1,15}$/.test(text)) choice[name] = Number(text);
    else problems.push(queryProblem(name, 'an integer from 0', text));
  }
  if (problems.length > 0) throw invalidFields(problems);
  return choice;
}
