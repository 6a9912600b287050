import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

// The shape of test/vectors/*.json; README.md beside it says in words what each field means.

const CLOSED = { additionalProperties: false };

function byId<T extends TSchema>(value: T) {
  return Type.Record(Type.String({ pattern: '^-?[0-9]+$' }), value, CLOSED);
}

const integer = Type.Optional(Type.Integer());

const abilities = { strength: integer, dexterity: integer, luck: integer, intelligence: integer };

const statFields = {
  ...abilities,
  max_hp: integer,
  max_mp: integer,
  weapon_attack: integer,
  weapon_defense: integer,
  magic_attack: integer,
  magic_defense: integer,
  accuracy: integer,
  avoidability: integer,
  speed: integer,
  jump: integer,
};

const Stats = Type.Object(statFields, CLOSED);

const Base = Type.Object(
  { ...abilities, max_hp: integer, max_mp: integer, level: integer, job: integer, fame: integer, gm: integer },
  CLOSED,
);

const Asset = Type.Object(
  { id: Type.Integer(), template: Type.Optional(Type.Integer()), slot: integer, stats: Stats },
  CLOSED,
);

const Buff = Type.Object(
  {
    source: Type.Integer(),
    type: Type.String(),
    amount: Type.Integer(),
    level: integer,
    /** Milliseconds, and nanoseconds within one. */
    createdAt: Type.Optional(Type.Tuple([Type.Integer(), Type.Integer()])),
  },
  CLOSED,
);

const Effect = Type.Object(
  {
    weaponAttack: integer,
    magicAttack: integer,
    weaponDefense: integer,
    magicDefense: integer,
    accuracy: integer,
    avoidability: integer,
    speed: integer,
    jump: integer,
    hp: integer,
    mp: integer,
    x: integer,
    y: integer,
    z: integer,
    statups: Type.Optional(Type.Array(Type.Object({ type: Type.String(), amount: Type.Integer() }, CLOSED))),
  },
  CLOSED,
);

const Skill = Type.Object({ action: Type.Optional(Type.Boolean()), effects: byId(Effect) }, CLOSED);

const Requirements = Type.Object({ ...abilities, level: integer, job: integer, fame: integer }, CLOSED);

const ids = Type.Optional(Type.Array(Type.Integer()));

const Vector = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    source: Type.String({ minLength: 1 }),
    base: Type.Optional(Base),
    assets: Type.Optional(Type.Array(Asset)),
    buffs: Type.Optional(Type.Array(Buff)),
    skills: Type.Optional(byId(Type.Integer())),
    skillData: Type.Optional(byId(Type.Union([Skill, Type.Literal('unknown')]))),
    requirements: Type.Optional(byId(Type.Union([Requirements, Type.Literal('unknown')]))),
    checkRequirements: Type.Optional(Type.Boolean()),
    stats: Stats,
    bonuses: Type.Array(Type.String()),
    missing: Type.Optional(Type.Object({ templateIds: ids, skillIds: ids, buffSkillIds: ids }, CLOSED)),
  },
  CLOSED,
);

const Vectors = Type.Array(Vector);

export type Vector = Static<typeof Vector>;

/** The vectors of a ruleset, from its file. */
export function readVectors(ruleset: string): Vector[] {
  const file = `${ruleset}.json`;
  return vectorsOf(JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')), file);
}

/** Throws with the place of each mistake. */
export function vectorsOf(parsed: unknown, file: string): Vector[] {
  if (Value.Check(Vectors, parsed)) return parsed;
  const mistakes = Value.Errors(Vectors, parsed).map((error) => `${error.instancePath} ${error.message}`);
  throw new Error(`${file}: ${mistakes.join('; ')}`);
}
