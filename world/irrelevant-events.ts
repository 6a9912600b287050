import { type ActionContext, channelOf, sendCharacterStatus } from './context.ts';
import { ZERO_TIME } from './go-time.ts';
import type { Character, Who } from './model.ts';

/** What busy topics are full of and what changes no stat. */
export interface IrrelevantEvents {
  /** One event, of any of the kinds, about the character. */
  sendIrrelevantEvent(who: Who): void;
}

export function createIrrelevantEvents(context: ActionContext): IrrelevantEvents {
  const { history, prng, producer } = context;

  const changed =
    (updates: readonly string[] | undefined) =>
    (character: Character): void =>
      sendCharacterStatus(context, character, prng.uuid(), 'STAT_CHANGED', {
        channelId: channelOf(character),
        exclRequestSent: true,
        updates,
      });

  const told =
    (type: string, body: object | undefined) =>
    (character: Character): void =>
      sendCharacterStatus(context, character, prng.uuid(), type, body);

  const buffed =
    (type: string, body: object) =>
    ({ tenant, worldId, characterId }: Character): void =>
      producer.send('buff', tenant, characterId, { worldId, characterId, type, body });

  const cooled =
    (type: string, body: object) =>
    ({ tenant, worldId, characterId, skills }: Character): void => {
      const skillId = prng.pick(skills)?.skillId ?? 0;
      producer.send('skill', tenant, characterId, {
        transactionId: prng.uuid(),
        worldId,
        characterId,
        skillId,
        type,
        body,
      });
    };

  const kinds: readonly ((character: Character) => void)[] = [
    changed(['HP']),
    changed(['MP']),
    changed(['HP', 'MP']),
    changed(['EXPERIENCE']),
    changed(['MESO']),
    changed([]),
    changed(undefined),
    told('MAP_CHANGED', { channelId: 1, oldMapId: 100_000_000, targetMapId: 100_000_001, targetPortalId: 0 }),
    told('MESO_CHANGED', { actorId: 0, actorType: 'SYSTEM', amount: 12 }),
    told('SOMETHING_NEW', undefined),
    buffed('PERIODIC_EFFECT', { sourceId: 1_311_008, amount: -20 }),
    buffed('BERSERK', { active: true }),
    cooled('COOLDOWN_APPLIED', { cooldownExpiresAt: ZERO_TIME }),
    cooled('COOLDOWN_EXPIRED', {}),
  ];

  return {
    sendIrrelevantEvent(who) {
      prng.pick(kinds)?.(history.get(who));
    },
  };
}
