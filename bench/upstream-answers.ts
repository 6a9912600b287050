/**
 * Populations of equal characters, told apart by id: `id / 100,000` decides what each of them has. Answers have the form
 * of today's Atlas services (test/fixtures), without the fields that nobody reads.
 */
export const POPULATIONS = {
  /** Nothing: an answer without bonuses. */
  plain: { first: 100_000, items: 0, itemStats: 0, passives: 0 },
  /** 20 bonuses: 12 items and 8 passives with one stat each. */
  bonuses: { first: 200_000, items: 12, itemStats: 1, passives: 8 },
  /** Plausible gear for the memory figure. */
  geared: { first: 300_000, items: 12, itemStats: 3, passives: 10 },
  /** 60 skills and no gear, as a high-level character whose items need no requirement data. */
  skilled: { first: 400_000, items: 0, itemStats: 0, passives: 60 },
} as const;

export type Population = (typeof POPULATIONS)[keyof typeof POPULATIONS];

const FIRST_SKILL = 1_000_000;
const ITEM_FIELDS = ['weaponDefense', 'hp', 'strength'] as const;
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** The body for a request's path, undefined for 404. */
export function bodyFor(path: string): string | undefined {
  const [, domain, id, part] = /\/api\/(characters|data\/skills|data\/equipment)\/(\d+)\/?([a-z]*)/.exec(path) ?? [];
  if (domain === undefined) return undefined;
  if (domain === 'data/skills') return withId(SKILL_BODY, id);
  if (domain === 'data/equipment') return withId(EQUIPMENT_BODY, id);
  const characterId = Number(id);
  const population = Object.values(POPULATIONS).find(({ first }) => characterId - first < 100_000);
  if (population === undefined) return undefined;
  if (part === '') return withId(BASE_BODY, id);
  if (part === 'inventory') return compartmentBody(characterId, population);
  if (part === 'skills') return SKILLS_BODIES.get(population);
  return undefined;
}

function withId(body: string, id = ''): string {
  return body.replace('"id":"0"', `"id":"${id}"`);
}

const BASE_BODY = JSON.stringify({
  data: {
    type: 'characters',
    id: '0',
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
  },
});

const SKILL_BODY = JSON.stringify({
  data: {
    type: 'skills',
    id: '0',
    attributes: { action: false, effects: [{ accuracy: 3, weaponAttack: 0, statups: [] }] },
  },
});

const EQUIPMENT_BODY = JSON.stringify({
  data: {
    type: 'statistics',
    id: '0',
    attributes: { reqLevel: 10, reqJob: 0, reqStr: 0, reqDex: 0, reqInt: 0, reqLuk: 0, cash: false },
  },
});

const SKILLS_BODIES = new Map<Population, string>(
  Object.values(POPULATIONS).map((population) => [population, skillsBody(population.passives)]),
);

function skillsBody(count: number): string {
  const data = Array.from({ length: count }, (_, index) => ({
    type: 'skills',
    id: String(FIRST_SKILL + index),
    attributes: { level: 1, masterLevel: 0, expiration: ZERO_TIME, cooldownExpiresAt: ZERO_TIME },
  }));
  return JSON.stringify({ data, meta: { page: { last: 1, number: 1, size: 250 }, total: count } });
}

/** Every asset has an id of its own; templates and stats repeat between characters, as they do in a real world. */
function compartmentBody(characterId: number, population: Population): string {
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
        templateId: 1_002_000 + index * 1_000 + (characterId % 20),
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
  return JSON.stringify(included.length === 0 ? { data } : { data, included });
}

/** Scrolled items differ: 7 different values per item. */
function statOf(characterId: number, index: number): number {
  return 5 + ((characterId + index) % 7);
}
