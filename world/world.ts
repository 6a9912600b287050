/**
 * A simulated Atlas: one model with its own truth. Actions change the truth first and then emit what the real producers
 * emit about it; the upstream services of {@link startUpstreamServer} answer from the same truth. Plays the demo, the
 * tests' upstream and the chaos twin.
 */
import type { BaseField } from '../src/domain/stat.ts';
import { type CharacterId, type Tenant, tenantOf } from '../src/domain/tenant.ts';
import type { Clock } from '../src/lib/clock.ts';
import { createPrng } from '../src/lib/prng.ts';
import { type BuffActions, createBuffActions } from './buffs.ts';
import type { ActionContext } from './context.ts';
import { createEquipmentActions, type EquipmentActions } from './equipment.ts';
import { createGrowthActions, type GrowthActions } from './growth.ts';
import { createHistory } from './history.ts';
import { createIrrelevantEvents, type IrrelevantEvents } from './irrelevant-events.ts';
import type { Character, Format, Who } from './model.ts';
import { createProducer, type WorldRecord } from './producer.ts';
import { randomCharacter } from './random-character.ts';
import { createSessionActions, type SessionActions } from './sessions.ts';

export interface WorldOptions {
  /** Equal seeds, clocks and actions give equal worlds and records. */
  readonly seed: number;
  readonly clock: Clock;
  /** Gets every record in the order in which its producer sends it. */
  readonly emit: (record: WorldRecord) => void;
  /** One tenant, {@link WORLD_TENANT}, when left out. */
  readonly tenants?: readonly Tenant[];
  /** How many each tenant has at the beginning; their ids begin at {@link FIRST_CHARACTER_ID} for every tenant. 0 when left out. */
  readonly characters?: number;
  /** T when left out. */
  readonly format?: Format;
}

/** A character that a test makes up. What is left out is 0 or empty; `base` begins as a beginner's. */
export interface MadeUp {
  readonly tenant: Tenant;
  readonly characterId: CharacterId;
  /** `Nr` and the id when left out. */
  readonly name?: string;
  readonly base?: Readonly<Partial<Record<BaseField, number>>>;
}

export interface World extends SessionActions, EquipmentActions, BuffActions, GrowthActions, IrrelevantEvents {
  readonly clock: Clock;
  readonly format: Format;
  readonly tenants: readonly Tenant[];
  /** Everyone, in the order of birth. */
  characters(): readonly Character[];
  /** The truth as it was `ago` ms before now (a minute at most); undefined: nobody has that id. */
  find(who: Who, ago?: number): Character | undefined;
  /** The truth now. Throws when nobody has that id. */
  get(who: Who): Character;
  /** Brings someone with exactly these stats and nothing else into the world, or replaces who was there. */
  makeUp(madeUp: MadeUp): Character;
}

export const FIRST_CHARACTER_ID = 1_000;
const FIRST_ASSET_ID = 100_000;

export const WORLD_TENANT: Tenant = tenantOf('083839c6-c47c-42a6-9585-76492795d123', 'GMS', 83, 1);

/** Stats of a beginner of level 1. */
const BEGINNER = {
  strength: 12,
  dexterity: 5,
  luck: 4,
  intelligence: 4,
  max_hp: 50,
  max_mp: 5,
  level: 1,
  job: 0,
  fame: 0,
  gm: 0,
} as const;

export function createWorld(options: WorldOptions): World {
  const { seed, clock, emit, tenants = [WORLD_TENANT], characters = 0, format = 'T' } = options;
  const prng = createPrng(seed);
  const history = createHistory(clock);
  const assetIds = new Map<string, number>();
  const context: ActionContext = {
    clock,
    prng,
    format,
    history,
    producer: createProducer(clock, prng, emit),
    nextAssetId(tenant) {
      const id = assetIds.get(tenant.key) ?? FIRST_ASSET_ID;
      assetIds.set(tenant.key, id + 1);
      return id;
    },
  };
  for (const tenant of tenants) {
    for (let index = 0; index < characters; index++) {
      history.commit(
        randomCharacter(tenant, FIRST_CHARACTER_ID + index, prng, clock.now(), () => context.nextAssetId(tenant)),
      );
    }
  }
  return {
    clock,
    format,
    tenants,
    characters: history.characters,
    find: history.find,
    get: history.get,
    makeUp({ tenant, characterId, name = `Nr${characterId}`, base }) {
      const values = { ...BEGINNER, ...base };
      const character: Character = {
        tenant,
        characterId,
        accountId: characterId,
        name,
        worldId: 0,
        base: values,
        hp: values.max_hp,
        mp: values.max_mp,
        ap: 0,
        compartmentId: prng.uuid(),
        assets: [],
        skills: [],
        buffs: [],
        everBuffed: false,
        sessions: [],
      };
      history.commit(character);
      return character;
    },
    ...createSessionActions(context),
    ...createEquipmentActions(context),
    ...createBuffActions(context),
    ...createGrowthActions(context),
    ...createIrrelevantEvents(context),
  };
}
