import { type TSchema, Type } from 'typebox';
import { ASSET_FIELDS } from '../wire/asset-stats.ts';
import { REGION_EXPECTED } from '../wire/tenant-headers.ts';
import { UUID_PATTERN } from '../wire/uuid.ts';
import type { Stream } from './stream.ts';

/*
 * The events as people and machines are told of them: docs/reference/events.md and asyncapi.json are made from this. The service
 * decodes by hand and does not load it. Tests hold that each example decodes, and that what real producers sent fits.
 */

export interface DocumentedEvent {
  /** In PascalCase: the name of its message and schema. */
  readonly name: string;
  readonly stream: Stream;
  /** Values of `type`. */
  readonly types: readonly string[];
  readonly summary: string;
  /** What the service makes of it. */
  readonly effect: string;
  readonly schema: TSchema;
  readonly example: object;
}

const uint32 = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });
const int32 = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 });
const int16 = Type.Integer({ minimum: -32_768, maximum: 32_767 });
const byte = Type.Integer({ minimum: 0, maximum: 255 });
const uuid = Type.String({ pattern: UUID_PATTERN });
const level = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });
const ofType = (types: readonly string[]): TSchema => Type.Enum([...types]);
const time = Type.String({
  format: 'date-time',
  description: 'RFC 3339 with up to 9 fractional digits. `0001-01-01T00:00:00Z` stands for none.',
});
const slot = { ...int16, description: 'Below 0: worn. Above: in the bag.' };
const orNull = (schema: TSchema, description: string): TSchema => Type.Union([schema, Type.Null()], { description });

const CHARACTER_ID = 12;
const COMPARTMENT = { compartmentId: '9f0e6b0a-3c1d-4e5f-8a7b-6c5d4e3f2a1b', assetId: 177, templateId: 1302000 };
const TRANSACTION = { transactionId: '5b2f7a10-8c3e-4d21-9f60-1a2b3c4d5e6f' };

function sessionEvent(type: 'CREATED' | 'DESTROYED', effect: string): DocumentedEvent {
  const sessionId = '7f1c1e9a-52d4-4b8e-9d3c-0f6a7b8c9d0e';
  return {
    name: type === 'CREATED' ? 'SessionCreated' : 'SessionDestroyed',
    stream: 'session',
    types: [type],
    summary: type === 'CREATED' ? 'A character has come to a channel.' : 'A session has ended.',
    effect,
    schema: Type.Object({
      sessionId: uuid,
      accountId: uint32,
      characterId: { ...uint32, description: '0 until the login has finished; then the event concerns nobody.' },
      worldId: byte,
      channelId: byte,
      issuer: Type.String({ description: 'Only those of CHANNEL concern a character; LOGIN is skipped.' }),
      type: ofType([type]),
    }),
    example: { sessionId, accountId: 1, characterId: CHARACTER_ID, worldId: 0, channelId: 1, issuer: 'CHANNEL', type },
  };
}

const changes = orNull(
  Type.Array(Type.Object({ type: Type.String({ minLength: 1, maxLength: 64 }), amount: int32 }), { maxItems: 128 }),
  'Stats that the buff changes. In EXPIRED: those that end; all when there are none.',
);
const buffBody = {
  sourceId: { ...int32, description: 'The skill, or below 0 the item.' },
  level: Type.Optional(level),
  duration: Type.Optional(Type.Integer({ description: 'Ms.' })),
  changes,
  createdAt: { ...time, description: 'Tells instances of one source apart, and orders them. Never the zero time.' },
  expiresAt: Type.Optional(time),
  noExpiry: Type.Optional(Type.Boolean({ description: 'True: it has no end of its own.' })),
};
const BUFF = {
  sourceId: 2311003,
  level: 20,
  duration: 200000,
  changes: [{ type: 'WEAPON_ATTACK', amount: 10 }],
  createdAt: '2026-02-03T18:01:57.123456789Z',
  expiresAt: '2026-02-03T18:05:17.123456789Z',
};

interface BuffDocs {
  readonly name: string;
  readonly type: string;
  readonly summary: string;
  readonly effect: string;
  readonly body: object;
}

function buffEvent({ name, type, summary, effect, body }: BuffDocs): DocumentedEvent {
  return {
    name,
    stream: 'buff',
    types: [type],
    summary,
    effect,
    schema: Type.Object({
      worldId: Type.Optional(byte),
      channelId: Type.Optional(byte),
      characterId: uint32,
      type: ofType([type]),
      body: Type.Object(type === 'APPLIED' ? { fromId: Type.Optional(uint32), ...buffBody } : buffBody),
    }),
    example: { worldId: 0, characterId: CHARACTER_ID, type, body },
  };
}

interface AssetDocs {
  readonly name: string;
  readonly types: readonly [string, ...string[]];
  readonly summary: string;
  readonly effect: string;
  readonly body: Readonly<Record<string, TSchema>>;
  readonly example: object;
}

function assetEvent({ name, types, summary, effect, body, example }: AssetDocs): DocumentedEvent {
  return {
    name,
    stream: 'asset',
    types,
    summary,
    effect,
    schema: Type.Object({
      transactionId: Type.Optional(uuid),
      characterId: uint32,
      compartmentId: Type.Optional(uuid),
      assetId: uint32,
      templateId: uint32,
      slot,
      type: ofType(types),
      body: Type.Object({
        ...body,
        referenceType: Type.Optional(
          Type.String({
            description: 'equipable, cash_equipable, cash-equipable, or left out. Others are not about equipment.',
          }),
        ),
      }),
    }),
    example: { ...TRANSACTION, characterId: CHARACTER_ID, ...COMPARTMENT, slot: -11, type: types[0], body: example },
  };
}

const BASE_UPDATES = ['STRENGTH', 'DEXTERITY', 'INTELLIGENCE', 'LUCK', 'MAX_HP', 'MAX_MP', 'LEVEL', 'JOB', 'FAME'];

/** Every event that changes something, in the order of the topics. Others on the same topics are skipped. */
export const DOCUMENTED_EVENTS: readonly DocumentedEvent[] = [
  sessionEvent('CREATED', 'The character is resident, and all its parts are read.'),
  sessionEvent('DESTROYED', 'Ends this session only. The character goes with its last one.'),
  buffEvent({
    name: 'BuffApplied',
    type: 'APPLIED',
    summary: 'A buff has begun, or begun anew.',
    effect: 'Replaces an earlier instance of the same source and stats.',
    body: { fromId: CHARACTER_ID, ...BUFF, noExpiry: false },
  }),
  buffEvent({
    name: 'BuffExpired',
    type: 'EXPIRED',
    summary: 'A buff, or some stats of one, has ended.',
    effect: 'Ends instances that are not later than its `createdAt`, for the stats in `changes`.',
    body: BUFF,
  }),
  buffEvent({
    name: 'BuffStatUpdated',
    type: 'STAT_UPDATED',
    summary: 'The amounts of a buff have changed.',
    effect: 'The instance with this `createdAt` has these amounts now; its times stay.',
    body: { ...BUFF, changes: [{ type: 'ENERGY_CHARGE', amount: 15000 }], expiresAt: '0001-01-01T00:00:00Z' },
  }),
  assetEvent({
    name: 'AssetMoved',
    types: ['MOVED'],
    summary: 'An item has changed its slot.',
    effect: 'Concerns equipment when one of the slots is below 0: what is worn is read again.',
    body: { oldSlot: slot, createdAt: Type.Optional(time) },
    example: { oldSlot: 3, createdAt: '2026-02-03T18:01:57Z', referenceType: 'equipable' },
  }),
  assetEvent({
    name: 'AssetUpdated',
    types: ['UPDATED'],
    summary: 'An item has other stats, after a scroll for instance.',
    effect: 'Changes the item if it is worn already.',
    body: Object.fromEntries(ASSET_FIELDS.map((field) => [field, Type.Optional(int32)])),
    example: { strength: 1, weaponAttack: 19 },
  }),
  assetEvent({
    name: 'AssetRemoved',
    types: ['DELETED', 'EXPIRED', 'RELEASED'],
    summary: 'An item is gone.',
    effect: 'Takes it off, when its slot is below 0.',
    body: {},
    example: {},
  }),
  {
    name: 'StatChanged',
    stream: 'character',
    types: ['STAT_CHANGED'],
    summary: 'Base values of a character have changed.',
    effect: 'Values are taken; what is named without a value is read. HP, MP, experience and mesos are skipped.',
    schema: Type.Object({
      transactionId: Type.Optional(uuid),
      worldId: Type.Optional(byte),
      characterId: uint32,
      type: ofType(['STAT_CHANGED']),
      body: Type.Object({
        channelId: Type.Optional(byte),
        exclRequestSent: Type.Optional(Type.Boolean()),
        updates: Type.Optional(
          orNull(Type.Array(Type.String()), `What has changed. ${BASE_UPDATES.join(', ')} concern this service.`),
        ),
        values: Type.Optional(
          orNull(
            Type.Object({
              ...Object.fromEntries(
                ['strength', 'dexterity', 'intelligence', 'luck', 'max_hp', 'max_mp'].map((key) => [
                  key,
                  Type.Optional(uint32),
                ]),
              ),
              level: Type.Optional(byte),
              job: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
              fame: Type.Optional(int16),
            }),
            'New values. What is absent is unchanged, never zero.',
          ),
        ),
      }),
    }),
    example: {
      ...TRANSACTION,
      worldId: 0,
      characterId: CHARACTER_ID,
      type: 'STAT_CHANGED',
      body: { channelId: 1, exclRequestSent: true, updates: ['MAX_HP', 'LUCK'], values: { max_hp: 500, luck: 38 } },
    },
  },
  {
    name: 'SkillChanged',
    stream: 'skill',
    types: ['CREATED', 'UPDATED', 'DELETED', 'SP_TRANSFERRED'],
    summary: 'A skill was learnt, levelled or forgotten.',
    effect: 'The level counts at once; the skills are read again.',
    schema: Type.Object({
      transactionId: Type.Optional(uuid),
      worldId: Type.Optional(byte),
      characterId: uint32,
      skillId: Type.Optional({ ...uint32, description: 'SP_TRANSFERRED may go without.' }),
      type: ofType(['CREATED', 'UPDATED', 'DELETED', 'SP_TRANSFERRED']),
      body: Type.Optional(
        Type.Object({
          level: Type.Optional(level),
          masterLevel: Type.Optional(level),
          expiration: Type.Optional(time),
        }),
      ),
    }),
    example: {
      ...TRANSACTION,
      worldId: 0,
      characterId: CHARACTER_ID,
      skillId: 1000001,
      type: 'UPDATED',
      body: { level: 10, masterLevel: 0, expiration: '0001-01-01T00:00:00Z' },
    },
  },
];

/** What the service itself produces, with CLAMP_COMMANDS=on. */
export const CLAMP_COMMAND = {
  name: 'ClampCommand',
  types: ['CLAMP_HP', 'CLAMP_MP'],
  summary: 'Effective MaxHP or MaxMP has fallen: no more than this may be left.',
  schema: Type.Object({
    transactionId: uuid,
    worldId: byte,
    characterId: uint32,
    type: ofType(['CLAMP_HP', 'CLAMP_MP']),
    body: Type.Object({ channelId: byte, maxValue: Type.Integer({ minimum: 0, maximum: 65_535 }) }),
  }),
  example: {
    ...TRANSACTION,
    worldId: 0,
    characterId: CHARACTER_ID,
    type: 'CLAMP_HP',
    body: { channelId: 1, maxValue: 500 },
  },
} as const;

export const TOPIC_VARIABLE = {
  session: 'EVENT_TOPIC_SESSION_STATUS',
  buff: 'EVENT_TOPIC_CHARACTER_BUFF_STATUS',
  asset: 'EVENT_TOPIC_ASSET_STATUS',
  character: 'EVENT_TOPIC_CHARACTER_STATUS',
  skill: 'EVENT_TOPIC_SKILL_STATUS',
} as const satisfies Record<Stream, string>;

/** One header of a record: its bytes in the examples' tenant. */
export interface DocumentedHeader {
  readonly name: string;
  readonly required: boolean;
  readonly encoding: string;
  readonly example: string;
  readonly bytes: Buffer;
}

function ascii(name: string, required: boolean, encoding: string, example: string): DocumentedHeader {
  return { name, required, encoding, example, bytes: Buffer.from(example, 'latin1') };
}

function uint16(name: string, value: number): DocumentedHeader {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return { name, required: true, encoding: '2 bytes, unsigned, big-endian', example: String(value), bytes };
}

/** In any order. */
export const DOCUMENTED_HEADERS: readonly DocumentedHeader[] = [
  ascii('TENANT_ID', true, '36 ASCII characters, a UUID', '083839c6-c47c-42a6-9585-76492795d123'),
  ascii('REGION', true, REGION_EXPECTED, 'GMS'),
  uint16('MAJOR_VERSION', 83),
  uint16('MINOR_VERSION', 1),
  ascii(
    'traceparent',
    false,
    '55 ASCII characters, W3C trace context',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ),
  ascii('ENVIRONMENT', false, '1 to 128 visible ASCII characters', 'main'),
];
