import { Type } from 'typebox';
import { ATTRIBUTES } from '../../answers/stats-document.ts';
import { STATS } from '../../domain/stat.ts';
import { closed, Degraded, uint32 } from '../common-schema.ts';
import { explainedNumbers, Reason } from '../explain/explanation-schema.ts';

const uint16 = Type.Integer({ minimum: 0, maximum: 65_535 });
const int32 = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 });

/** The stats that an item may carry, by their attributes in a stats answer. */
const ItemStats = Type.Object(
  {
    strength: Type.Optional(uint16),
    dexterity: Type.Optional(uint16),
    luck: Type.Optional(uint16),
    intelligence: Type.Optional(uint16),
    maxHP: Type.Optional(uint16),
    maxMP: Type.Optional(uint16),
    weaponAttack: Type.Optional(uint16),
    weaponDefense: Type.Optional(uint16),
    magicAttack: Type.Optional(uint16),
    magicDefense: Type.Optional(uint16),
    accuracy: Type.Optional(uint16),
    avoidability: Type.Optional(uint16),
    speed: Type.Optional(uint16),
    jump: Type.Optional(uint16),
  },
  {
    ...closed,
    $id: 'ItemStats',
    description: 'Those that are left out are 0. Also by their names in explain (`max_hp`).',
  },
);

const Item = Type.Object(
  {
    assetId: Type.Optional(uint32),
    templateId: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_294_967_295 })),
    slot: Type.Optional(Type.Integer({ minimum: -32_768, maximum: -1 })),
    stats: Type.Optional(ItemStats),
  },
  {
    ...closed,
    $id: 'TrialItem',
    description:
      'One of: an item in the bag (assetId); an item of a template (templateId), at its default stats unless stats are ' +
      'given; an item of given stats in a given slot (stats, slot), which demands nothing of its wearer. Without a slot ' +
      'it goes where its kind is worn; a slot that it does not go to is refused. A slot may be a word (`hat`), an asset id `equipment:7`.',
  },
);

const Buff = Type.Object(
  {
    sourceId: int32,
    level: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
    changes: Type.Array(
      Type.Object(
        { type: Type.String({ minLength: 1, maxLength: 64 }), amount: int32 },
        { ...closed, $id: 'BuffChange' },
      ),
      {
        minItems: 1,
        maxItems: 32,
      },
    ),
  },
  {
    ...closed,
    $id: 'TrialBuff',
    description: 'As the buff service writes it. It replaces what is held of its source.',
  },
);

const Base = Type.Object(
  {
    strength: Type.Optional(uint32),
    dexterity: Type.Optional(uint32),
    luck: Type.Optional(uint32),
    intelligence: Type.Optional(uint32),
    maxHP: Type.Optional(uint32),
    maxMP: Type.Optional(uint32),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
    jobId: Type.Optional(uint16),
    fame: Type.Optional(Type.Integer({ minimum: -32_768, maximum: 32_767 })),
    gm: Type.Optional(int32),
  },
  { ...closed, $id: 'TrialBase', description: 'Base values; those that are left out stay.' },
);

/** What to try. Lists are bounded, because each entry may cost a read. */
export const PreviewRequest = Type.Object(
  {
    takeOff: Type.Optional(
      Type.Array(uint32, { maxItems: 64, description: 'Asset ids of what is worn, or `equipment:7`.' }),
    ),
    putOn: Type.Optional(
      Type.Array(Item, { maxItems: 32, description: 'In order; each displaces what is in its way.' }),
    ),
    addBuffs: Type.Optional(Type.Array(Buff, { maxItems: 64 })),
    removeBuffs: Type.Optional(Type.Array(int32, { maxItems: 64, description: 'Sources, or `buff:1301007`.' })),
    base: Type.Optional(Base),
  },
  { ...closed, $id: 'PreviewRequest' },
);

/** Somebody asks what a two-handed sword, a rage and ten levels would do. */
export const PREVIEW_REQUEST_EXAMPLE = {
  putOn: [{ templateId: 1_402_039 }, { slot: -12, stats: { maxHP: 25, weaponAttack: 3 } }],
  addBuffs: [{ sourceId: 1_101_006, level: 20, changes: [{ type: 'WEAPON_ATTACK', amount: 12 }] }],
  base: { level: 105 },
};

const item = {
  assetId: Type.Optional(Type.Integer({ description: 'Left out when no such item exists.' })),
  templateId: Type.Optional(Type.Integer({ description: 'Left out when it has none.' })),
  slot: Type.Integer({ maximum: -1 }),
  name: Type.Optional(Type.String({ description: 'Of the item, when it is known.' })),
};

const values = Type.Object(Object.fromEntries(STATS.map((stat) => [ATTRIBUTES[stat], uint32])), {
  ...closed,
  $id: 'StatValues',
});
const differences = Type.Object(Object.fromEntries(STATS.map((stat) => [ATTRIBUTES[stat], Type.Integer()])), {
  ...closed,
  $id: 'StatDifferences',
  description: 'After less before.',
});

export const PreviewDocument = Type.Object(
  {
    data: Type.Object(
      {
        type: Type.Literal('effective-stats-previews'),
        id: Type.String({ description: 'The character id.' }),
        attributes: Type.Object(
          {
            name: Type.Optional(Type.String({ description: 'Of the character, when it is known.' })),
            now: Type.String({ format: 'date-time', description: 'When it was computed.' }),
            version: Type.Integer({ description: 'Of the state that it starts from.' }),
            ruleset: Type.String(),
            before: values,
            after: values,
            difference: differences,
            explained: Type.Object(explainedNumbers, {
              ...closed,
              $id: 'ExplainedNumbers',
              description: 'How the numbers of `after` come to be, as explain tells it.',
            }),
            putOn: Type.Array(
              Type.Object(
                { ...item, qualifies: Type.Boolean(), reason: Type.Optional(Reason) },
                { ...closed, $id: 'PutOnItem' },
              ),
              { description: 'In the order of the request.' },
            ),
            takenOff: Type.Array(
              Type.Object(
                {
                  ...item,
                  displacedBy: Type.Optional(
                    Type.Integer({ minimum: 0, description: 'Position in putOn of what takes its place.' }),
                  ),
                },
                { ...closed, $id: 'TakenOffItem' },
              ),
            ),
            stopQualifying: Type.Array(
              Type.Object({ ...item, reason: Reason }, { ...closed, $id: 'UnqualifiedItem' }),
              {
                description: 'Stays worn and would count no longer.',
              },
            ),
            startQualifying: Type.Array(Type.Object(item, { ...closed, $id: 'QualifiedItem' }), {
              description: 'Stays worn and would count from then on.',
            }),
            idleBuffs: Type.Array(
              Type.Object(
                { source: Type.String(), statType: Type.String(), reason: Reason },
                { ...closed, $id: 'IdleBuff' },
              ),
              { description: 'Buffs to cast that have no effect, and why.' },
            ),
          },
          { ...closed, $id: 'PreviewAttributes' },
        ),
      },
      { ...closed, $id: 'PreviewResource' },
    ),
    meta: Type.Optional(Degraded),
  },
  { ...closed, $id: 'Preview' },
);
