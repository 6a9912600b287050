import { Type } from 'typebox';
import { closed, Degraded, PartName, StatName } from '../common-schema.ts';

const time = Type.String({ format: 'date-time' });

export const Reason = Type.Object(
  {
    code: Type.Enum(['suppressed', 'replaced', 'unqualified', 'expired', 'capped', 'raised', 'unknown', 'inert'], {
      description:
        'suppressed: a stronger one of its type counts. replaced: a newer one of its source counts. unqualified: the ' +
        'wearer does not meet the requirements. expired: it lapsed. capped, raised: a limit. unknown: game data is not ' +
        'loaded. inert: no effect as it is.',
    }),
    text: Type.String({ description: 'For people: what stands in the way, with its numbers.' }),
  },
  { ...closed, $id: 'Reason', description: 'Why it does not count, or counts only in part or for now.' },
);

const source = {
  source: Type.String({
    pattern: '^(base|rule|(equipment|buff|passive):-?\\d+|putOn:\\d+)$',
    description:
      'base: the character service. rule: the ruleset. putOn: an item of a preview that does not exist, by its position. ' +
      'Else asset, buff source or skill.',
  }),
  name: Type.Optional(Type.String({ description: 'Of the item or skill, when it is known.' })),
  templateId: Type.Optional(Type.Integer({ description: 'Of an item.' })),
  slot: Type.Optional(Type.Integer({ maximum: -1, description: 'Where an item is worn.' })),
  statType: Type.Optional(Type.String({ description: "Of a buff, in the buff service's words." })),
  level: Type.Optional(Type.Integer({ description: 'Of a skill, or of the cast that a buff came from.' })),
  expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'Of a buff; left out: never.' })),
};

const Line = Type.Object(
  {
    ...source,
    readAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'Start of the read in which the service that owns it said so.' }),
    ),
    heardAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'When an event said so, which no read has confirmed yet.' }),
    ),
    form: Type.Enum(['amount', 'percent', 'basePercent'], {
      description: 'amount: added. percent: of the number before the phase. basePercent: of the base alone.',
    }),
    raw: Type.Integer({ description: 'What the source carries; of a limit: the limit.' }),
    applied: Type.Integer({ description: 'What it changed the number by; 0 when it does not count.' }),
    total: Type.Integer({ description: 'The number after it.' }),
    reason: Type.Optional(Reason),
  },
  { ...closed, $id: 'ExplanationLine' },
);

const breakdown = {
  value: Type.Integer({ description: 'The last total.' }),
  uncapped: Type.Integer({ description: 'What it would be if no limit held it.' }),
  phases: Type.Array(
    Type.Object({ phase: Type.String(), lines: Type.Array(Line, { minItems: 1 }) }, { ...closed, $id: 'Phase' }),
    {
      description: 'In the order of the calculation, as are their lines.',
    },
  ),
};

/** How the numbers of a calculation came to be. */
export const explainedNumbers = {
  stats: Type.Array(Type.Object({ statType: StatName, ...breakdown }, { ...closed, $id: 'StatBreakdown' })),
  derived: Type.Array(Type.Object({ name: Type.String(), ...breakdown }, { ...closed, $id: 'DerivedBreakdown' }), {
    description: 'Numbers that the stats answer does not carry.',
  }),
  idle: Type.Array(Type.Object({ ...source, reason: Reason }, { ...closed, $id: 'IdleSource' }), {
    description: 'What is held and bears on nothing as it is.',
  }),
};

const Part = Type.Object(
  {
    part: PartName,
    state: Type.Enum(['fresh', 'settling', 'stale', 'unwatched', 'unloaded'], {
      description:
        'settling: fresh, a read will confirm it. stale: it may have changed. unwatched: events cannot be followed. ' +
        'unloaded: it was never read.',
    }),
    asOf: Type.Optional(Type.String({ format: 'date-time', description: 'Start of the read that it rests on.' })),
    staleSince: Type.Optional(time),
    staleReason: Type.Optional(Type.String()),
    settlesAt: Type.Optional(time),
    readingSince: Type.Optional(time),
    nextReadAt: Type.Optional(time),
    waitsFor: Type.Optional(Type.String({ description: 'Partition that has to catch up before the next read.' })),
    failures: Type.Integer({ minimum: 0, description: 'Reads that failed since the last one that did not.' }),
  },
  { ...closed, $id: 'PartState' },
);

export const ExplanationDocument = Type.Object(
  {
    data: Type.Object(
      {
        type: Type.Literal('effective-stats-explanations'),
        id: Type.String({ description: 'The character id.' }),
        attributes: Type.Object(
          {
            name: Type.Optional(Type.String({ description: 'Of the character, when it is known.' })),
            now: Type.String({ format: 'date-time', description: 'When it was computed.' }),
            version: Type.Integer({ description: 'Of the state; the same as State-Version.' }),
            ruleset: Type.String(),
            resident: Type.Boolean({ description: 'False: held because somebody asked.' }),
            place: Type.Optional(
              Type.Object({ worldId: Type.Integer(), channelId: Type.Integer(), since: Type.Optional(time) }, closed),
            ),
            sessions: Type.Array(
              Type.Object(
                {
                  sessionId: Type.String({ description: 'Whole for the admin only.' }),
                  createdAt: Type.Optional(time),
                },
                closed,
              ),
            ),
            parts: Type.Array(Part),
            ...explainedNumbers,
          },
          { ...closed, $id: 'ExplanationAttributes' },
        ),
      },
      { ...closed, $id: 'ExplanationResource' },
    ),
    meta: Type.Optional(Degraded),
  },
  { ...closed, $id: 'Explanation' },
);
