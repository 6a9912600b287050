import { Type } from 'typebox';
import { DEGRADABLE } from '../domain/freshness.ts';
import { closed, count, PartName, StatName, uint32 } from './common-schema.ts';

const byte = Type.Integer({ minimum: 0, maximum: 255 });
const time = Type.String({ format: 'date-time' });
const degraded = Type.Array(Type.Enum([...DEGRADABLE]), { description: 'As in the stats answer; empty: nothing.' });

const HeldCharacter = Type.Object(
  {
    type: Type.Literal('effective-stats-characters'),
    id: Type.String(),
    attributes: Type.Object(
      {
        name: Type.Optional(Type.String({ description: 'Left out while it is not known.' })),
        worldId: Type.Optional(byte),
        channelId: Type.Optional(byte),
        resident: Type.Boolean({ description: 'False: a visitor, held because somebody asked.' }),
        level: Type.Optional(byte),
        jobId: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
        maxHP: Type.Optional(uint32),
        maxMP: Type.Optional(uint32),
        degraded,
      },
      {
        ...closed,
        $id: 'HeldAttributes',
        description: 'What is left out is not known: no session told it, or the base was never loaded.',
      },
    ),
  },
  { ...closed, $id: 'HeldCharacter' },
);

export const RollDocument = Type.Object(
  {
    links: Type.Object(
      {
        self: Type.String(),
        first: Type.String(),
        last: Type.String(),
        prev: Type.Optional(Type.String()),
        next: Type.Optional(Type.String()),
      },
      closed,
    ),
    data: Type.Array(HeldCharacter, { description: 'By id.' }),
    meta: Type.Object(
      {
        page: Type.Object({ number: count, size: count, last: count }, closed),
        total: count,
        nameless: Type.Integer({
          minimum: 0,
          description: 'Whose names were looked for and are not known: a search may have missed them.',
        }),
      },
      closed,
    ),
  },
  { ...closed, $id: 'Roll' },
);

export const TenantsDocument = Type.Object(
  {
    data: Type.Array(
      Type.Object(
        {
          type: Type.Literal('effective-stats-tenants'),
          id: Type.String({ description: 'id/region/major/minor' }),
          attributes: Type.Object(
            {
              tenantId: Type.String(),
              region: Type.String(),
              majorVersion: Type.Integer(),
              minorVersion: Type.Integer(),
              held: count,
            },
            closed,
          ),
        },
        { ...closed, $id: 'HeldTenant' },
      ),
    ),
  },
  { ...closed, $id: 'Tenants' },
);

export const ItemsDocument = Type.Object(
  {
    data: Type.Array(
      Type.Object(
        {
          type: Type.Literal('items'),
          id: Type.String({ description: 'The template id.' }),
          attributes: Type.Object({ name: Type.String() }, closed),
        },
        { ...closed, $id: 'FoundItem' },
      ),
    ),
  },
  { ...closed, $id: 'Items' },
);

const Cause = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('event'),
      type: Type.String(),
      recordTime: Type.Optional(time),
      topic: Type.String(),
      partition: count,
      offset: count,
    },
    { ...closed, $id: 'EventCause' },
  ),
  Type.Object({ kind: Type.Enum(['read', 'audit']), part: PartName }, { ...closed, $id: 'ReadCause' }),
  Type.Object(
    { kind: Type.Literal('lapse') },
    {
      ...closed,
      $id: 'LapseCause',
      description:
        'Nothing was heard or read: a buff ended by the clock, game data came, or something was not confirmed in time.',
    },
  ),
]);

export const ChangeDocument = Type.Object(
  {
    id: Type.String({ description: 'The id in the stream.' }),
    at: Type.Optional(time),
    characterId: uint32,
    name: Type.Optional(Type.String()),
    worldId: Type.Optional(byte),
    cause: Cause,
    merged: Type.Integer({
      minimum: 0,
      description: 'Causes before this one that were looked after together with it.',
    }),
    stats: Type.Array(Type.Object({ statType: StatName, from: uint32, to: uint32 }, { ...closed, $id: 'StatMove' }), {
      description: 'What moved; empty when only what is degraded did.',
    }),
    degraded,
  },
  { ...closed, $id: 'Change' },
);

export const HistoryDocument = Type.Object(
  {
    data: Type.Object(
      {
        type: Type.Literal('effective-stats-changes'),
        id: Type.String({ description: 'The character id.' }),
        attributes: Type.Object(
          {
            since: Type.Optional(
              Type.String({ format: 'date-time', description: 'Since when the character is watched.' }),
            ),
            changes: Type.Array(ChangeDocument, { description: 'The oldest first, 200 at most.' }),
          },
          closed,
        ),
      },
      closed,
    ),
  },
  { ...closed, $id: 'History' },
);
