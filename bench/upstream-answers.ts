/**
 * Populations of equal characters, told apart by id: each reaches from its first to the next one's. Answers have the form
 * of today's Atlas services (test/fixtures), without the fields that nobody reads.
 */
export const POPULATIONS = {
  /** Nothing: an answer without bonuses. */
  plain: { first: 100_000, items: 0, itemStats: 0, passives: 0, buffs: 0, wardrobe: 1 },
  /** 20 bonuses: 12 items and 8 passives with one stat each. */
  bonuses: { first: 200_000, items: 12, itemStats: 1, passives: 8, buffs: 0, wardrobe: 20 },
  /** A first login that needs much game data. */
  skilled: { first: 300_000, items: 12, itemStats: 1, passives: 60, buffs: 0, wardrobe: 1 },
  /** 80 bonuses: 12 items with three stats each and 44 passives. */
  laden: { first: 400_000, items: 12, itemStats: 3, passives: 44, buffs: 0, wardrobe: 20 },
  /** Plausible gear for figures of memory. The last one, so that it may be large. */
  geared: { first: 1_000_000, items: 12, itemStats: 3, passives: 10, buffs: 4, wardrobe: 20 },
} as const;

export type Population = (typeof POPULATIONS)[keyof typeof POPULATIONS];

const FIRST_SKILL = 1_000_000;
const ITEM_FIELDS = ['weaponDefense', 'hp', 'strength'] as const;
/** Of item buffs, whose sources have negative numbers. */
const BUFF_STATS = ['WEAPON_ATTACK', 'MAGIC_ATTACK', 'SPEED', 'JUMP'] as const;
const ZERO_TIME = '0001-01-01T00:00:00Z';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The body for a request's path, undefined for 404. */
export function bodyFor(path: string): string | undefined {
  const document = documentFor(path);
  if (document === undefined) return undefined;
  return LIST_BODIES.get(document) ?? JSON.stringify(document);
}

/** What the body says. */
export function documentFor(path: string): object | undefined {
  const [, domain, id = '', part] =
    /\/api\/(characters|data\/skills|data\/equipment)\/(\d+)\/?([a-z]*)/.exec(path) ?? [];
  if (domain === undefined) return undefined;
  if (domain === 'data/skills') return { data: { ...SKILL, id } };
  if (domain === 'data/equipment') return { data: { ...EQUIPMENT, id } };
  const characterId = Number(id);
  const population = Object.values(POPULATIONS).findLast(({ first }) => first <= characterId);
  if (population === undefined) return undefined;
  if (part === '') return { data: { ...BASE, id } };
  if (part === 'inventory') return compartment(characterId, population);
  if (part === 'skills') return SKILLS.get(population);
  if (part === 'buffs') return BUFFS.get(population);
  return undefined;
}

const BASE = {
  type: 'characters',
  attributes: {
    accountId: 1,
    worldId: 0,
    name: 'Bench',
    level: 120,
    jobId: 112,
    strength: 705,
    dexterity: 123,
    intelligence: 4,
    luck: 4,
    hp: 8000,
    maxHp: 8000,
    mp: 2000,
    maxMp: 2000,
    fame: 3,
    gm: 0,
  },
};

const SKILL = {
  type: 'skills',
  attributes: { action: false, effects: [{ accuracy: 3, weaponAttack: 0, statups: [] }] },
};

const EQUIPMENT = {
  type: 'statistics',
  attributes: { reqLevel: 10, reqJob: 0, reqStr: 0, reqDex: 0, reqInt: 0, reqLuk: 0, cash: false },
};

const SKILLS = new Map<Population, object>(
  Object.values(POPULATIONS).map((population) => [population, skillsOf(population)]),
);
const BUFFS = new Map<Population, object>(
  Object.values(POPULATIONS).map((population) => [population, buffsOf(population)]),
);
/** The same for all characters of a population. */
const LIST_BODIES = new Map(
  [...SKILLS.values(), ...BUFFS.values()].map((document) => [document, JSON.stringify(document)]),
);

function skillsOf({ passives }: Population): object {
  const attributes = { level: 1, masterLevel: 0, expiration: ZERO_TIME, cooldownExpiresAt: ZERO_TIME };
  return page(
    Array.from({ length: passives }, (_, index) => ({ type: 'skills', id: String(FIRST_SKILL + index), attributes })),
  );
}

/** Taken a minute before the bench began; none ends before it does. */
function buffsOf({ buffs }: Population): object {
  const now = Date.now();
  const [createdAt, expiresAt] = [now - MINUTE_MS, now + DAY_MS].map((ms) => new Date(ms).toISOString());
  return page(
    BUFF_STATS.slice(0, buffs).map((type, index) => ({
      type: 'buffs',
      id: String(index),
      attributes: {
        sourceId: -2_002_000 - index,
        level: 0,
        duration: DAY_MS,
        changes: [{ type, amount: 5 + index }],
        createdAt,
        expiresAt,
      },
    })),
  );
}

function page(data: readonly object[]): object {
  return { data, meta: { page: { last: 1, number: 1, size: 250 }, total: data.length } };
}

/** Every asset has an id of its own; templates and stats repeat between characters, as they do in a real world. */
function compartment(characterId: number, population: Population): object {
  const included = Array.from({ length: population.items }, (_, index) => {
    const zeros = { dexterity: 0, intelligence: 0, luck: 0, mp: 0, weaponAttack: 0, magicAttack: 0, magicDefense: 0 };
    const stats = ITEM_FIELDS.map((field, rank) => [
      field,
      rank < population.itemStats ? statOf(characterId, index) : 0,
    ]);
    return {
      type: 'assets',
      id: String(characterId * 16 + index),
      attributes: {
        slot: -1 - index,
        templateId: 1_002_000 + index * 1_000 + (characterId % population.wardrobe),
        expiration: ZERO_TIME,
        quantity: 1,
        ...zeros,
        accuracy: 0,
        avoidability: 0,
        speed: 0,
        jump: 0,
        ...Object.fromEntries(stats),
        slots: 7,
        cashId: '0',
        petId: 0,
      },
    };
  });
  const assets = { data: included.map(({ type, id }) => ({ type, id })) };
  const attributes = { type: 1, capacity: 24 };
  const data = { type: 'compartments', id: 'bench', attributes, relationships: { assets } };
  return included.length === 0 ? { data } : { data, included };
}

/** Scrolled items differ: 7 different values per item. */
function statOf(characterId: number, index: number): number {
  return 5 + ((characterId + index) % 7);
}
