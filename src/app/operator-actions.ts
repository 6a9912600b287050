import type { OperatorActions } from '../api/operator-routes.ts';
import { PARTS } from '../domain/part.ts';
import { redrive } from '../ingest/redrive.ts';
import type { DriftLog } from '../refresh/drift-log.ts';
import type { Refresher } from '../refresh/refresher.ts';
import type { Characters } from '../state/characters.ts';
import type { Atlas } from './atlas.ts';
import type { Intake } from './intake.ts';

interface OperatedRooms {
  readonly characters: Characters;
  readonly refresher: Refresher;
  readonly atlas: Pick<Atlas, 'upstream' | 'names'>;
  readonly intake: Pick<Intake, 'deadLetters' | 'handle'>;
  readonly driftLog: DriftLog;
}

export function createOperatorActions({
  characters,
  refresher,
  atlas,
  intake,
  driftLog,
}: OperatedRooms): OperatorActions {
  return {
    reread(tenant, characterId) {
      const character = characters.find(tenant, characterId);
      if (character !== undefined) characters.doubt(character, PARTS, 'an operator asked');
      refresher.wake();
      return character !== undefined;
    },
    flushStaticData() {
      atlas.upstream.flushStaticData();
      atlas.names.flush();
    },
    redrive: (choice) => redrive(intake.deadLetters, intake.handle, choice),
    drift: driftLog.list,
  };
}
