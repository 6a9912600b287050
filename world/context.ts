import type { Tenant } from '../src/domain/tenant.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { Prng } from '../src/lib/prng.ts';
import type { History } from './history.ts';
import type { Character, Format } from './model.ts';
import type { Producer } from './producer.ts';

/** What every action works with. */
export interface ActionContext {
  readonly clock: Clock;
  readonly prng: Prng;
  readonly format: Format;
  readonly history: History;
  readonly producer: Producer;
  /** The next asset id of the tenant. */
  nextAssetId(tenant: Tenant): number;
}

/** Sends what the character service tells about a character. `body` is undefined for types without one. */
export function sendCharacterStatus(
  context: ActionContext,
  character: Character,
  transactionId: string,
  type: string,
  body: object | undefined,
): void {
  context.producer.send('character', character.tenant, character.characterId, {
    transactionId,
    worldId: character.worldId,
    characterId: character.characterId,
    type,
    body,
  });
}

/** Where the character plays; 0 when nowhere, as the real producers have it. */
export function channelOf(character: Character): number {
  return character.sessions.at(-1)?.channelId ?? 0;
}
