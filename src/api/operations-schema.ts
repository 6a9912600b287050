// What operators and probes are answered.
import { Type } from 'typebox';
import { closed, count, uint32 } from './common-schema.ts';

export const ReadyDocument = Type.Object(
  {
    status: Type.Literal('ready'),
    mode: Type.Enum(['kafka', 'demo'], { description: 'demo: nothing is real.' }),
    degraded: Type.Array(
      Type.Object({ what: Type.String(), reason: Type.String() }, { ...closed, $id: 'Degradation' }),
    ),
  },
  { ...closed, $id: 'Ready' },
);

export const AskedDocument = Type.Object({ status: Type.Literal('asked for') }, { ...closed, $id: 'Asked' });

export const RedriveDocument = Type.Object(
  {
    tried: Type.Integer({ minimum: 0, description: 'Letters that were decoded again.' }),
    applied: Type.Integer({ minimum: 0, description: 'Those that could be read now.' }),
    stillDead: Type.Integer({ minimum: 0, description: 'Those that could not, and stay.' }),
    incomplete: Type.Integer({ minimum: 0, description: 'Letters that are kept only in part.' }),
  },
  { ...closed, $id: 'Redrive' },
);

export const DriftDocument = Type.Object(
  {
    drift: Type.Array(
      Type.Object(
        {
          tenant: Type.String({ description: 'id/region/major/minor' }),
          characterId: uint32,
          part: Type.String(),
          time: Type.String({ format: 'date-time' }),
        },
        { ...closed, $id: 'DriftEntry' },
      ),
    ),
  },
  { ...closed, $id: 'Drift' },
);

const health = Type.Object(
  {
    current: Type.Boolean({ description: 'Whether what was consumed is current.' }),
    reason: Type.Optional(Type.String({ description: 'Why it is not.' })),
  },
  closed,
);

export const ConsumersDocument = Type.Object(
  {
    replica: Type.String({ description: 'Which process answers.' }),
    shard: Type.Optional(Type.String({ description: 'k/n; left out: everybody is followed here.' })),
    ...health.properties,
    streams: Type.Record(Type.String(), health, {
      description: 'The same of each stream of events: `session`, `buff`, `asset`, `character`, `skill`.',
    }),
    partitions: Type.Array(
      Type.Object(
        {
          topic: Type.String(),
          partition: count,
          stream: Type.String(),
          position: Type.Integer({ description: 'Offset that is handled next.' }),
          committed: Type.Optional(Type.Integer({ description: 'Committed offset, when known.' })),
          end: Type.Integer({ description: 'End offset seen last.' }),
          lag: count,
        },
        { ...closed, $id: 'PartitionPosition' },
      ),
    ),
  },
  { ...closed, $id: 'Consumers' },
);

export const DeadLettersDocument = Type.Object(
  {
    total: count,
    evicted: Type.Integer({ minimum: 0, description: 'How many of them are no longer kept.' }),
    letters: Type.Array(
      Type.Object(
        {
          topic: Type.String(),
          partition: count,
          offset: Type.Integer(),
          timestamp: Type.Number({ description: 'Kafka record time, epoch ms.' }),
          reason: Type.String(),
          valueLength: Type.Integer({ minimum: 0, description: 'Bytes that the value had.' }),
          headers: Type.Optional(
            Type.Array(Type.Object({ name: Type.String(), value: Type.String({ description: 'Base64.' }) }, closed)),
          ),
          value: Type.Optional(
            Type.Union([Type.String(), Type.Null()], { description: 'Base64, its first 16 KB; only for the admin.' }),
          ),
        },
        { ...closed, $id: 'DeadLetter' },
      ),
      { description: 'Newest first.' },
    ),
  },
  { ...closed, $id: 'DeadLetters' },
);
